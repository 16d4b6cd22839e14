import { expect, test } from 'vitest';
import { createTerminals } from '../../../../services/client/placements/server/terminals.ts';

test('a terminal handles one key at a time; the screen has all keys of its session and none of another', async () => {
  let ids = 0;
  const terminals = createTerminals(() => `terminal-${++ids}`);
  let answer: (suggestions: string[]) => void = () => undefined;
  const slow = { suggest: () => new Promise<string[]>((resolve) => (answer = resolve)), search: never };
  const quick = { suggest: async () => ['dog'], search: never };

  const first = terminals.press({ key: 'd' }, slow);
  await expect(terminals.press({ key: 'o', session: 'terminal-1' }, quick)).rejects.toMatchObject({ code: 'conflict' });
  answer([]);
  expect(await first).toMatchObject({ session: 'terminal-1', screen: { typed: 'd' } });
  const second = await terminals.press({ key: 'o', session: 'terminal-1' }, quick);
  expect(second.screen).toMatchObject({ typed: 'do', html: expect.stringContaining('>dog<') });
  expect(await terminals.press({ key: 'c' }, quick)).toMatchObject({ session: 'terminal-2', screen: { typed: 'c' } });
});

test('a key that fails leaves the terminal as it was', async () => {
  const terminals = createTerminals(() => 'only');
  await terminals.press({ key: 'd' }, { search: never });
  const failing = { search: never, suggest: () => Promise.reject(new Error('down')) };
  await expect(terminals.press({ key: 'x', session: 'only' }, failing)).rejects.toThrow('down');
  expect((await terminals.press({ key: 'o', session: 'only' }, { search: never })).screen.typed).toBe('do');
});

test('the terminal that was silent for the longest time makes room for a new one', async () => {
  let ids = 0;
  const terminals = createTerminals(() => String(++ids));
  for (let i = 0; i < 1_001; i++) await terminals.press({ key: 'a' }, { search: never });
  await expect(terminals.press({ key: 'a', session: '1' }, { search: never })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect((await terminals.press({ key: 'b', session: '2' }, { search: never })).screen.typed).toBe('ab');
});

const never = () => Promise.reject(new Error('nobody searches here'));
