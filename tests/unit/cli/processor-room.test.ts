import { expect, test } from 'vitest';
import { warnWithoutProcessors, warningFor } from '../../../cli/processor-room.ts';

test.each<[string, Parameters<typeof warningFor>, string | undefined]>([
  ['a group within the processors, on an idle machine', [2, 0.1, [{ group: 'ranking', count: 2 }]], undefined],
  [
    'a group larger than the machine',
    [2, 0.1, [{ group: 'ranking', count: 4 }]],
    '2 processors, and its nodes use 0.1',
  ],
  ['a second node where the processors are full', [4, 3.4, [{ group: 'app', count: 2 }]], 'With 2 of app, more nodes'],
  [
    'where the system does not tell how busy it is',
    [1, undefined, [{ group: 'app', count: 2 }]],
    'This machine has 1 processor. With 2 of app',
  ],
  [
    'only the groups that are too large',
    [
      2,
      0,
      [
        { group: 'app', count: 1 },
        { group: 'query', count: 3 },
      ],
    ],
    'With 3 of query, more',
  ],
])('%s', (_what, given, expected) => {
  const said = warningFor(...given);
  if (expected === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(expected);
});

test('a group of a thousand nodes is too large for any machine, and a group that shrinks for none', async () => {
  const own = [{ pid: process.pid }, { pid: null }];
  const said: string[] = [];
  const terminal = { line: (text: string) => void said.push(text), warn: String };
  await warnWithoutProcessors(own, [], terminal);
  expect(said).toEqual([]);
  await warnWithoutProcessors(own, [{ group: 'query', count: 1_000 }], terminal);
  expect(said).toEqual([expect.stringMatching(/^! This machine has \d+ processors?/)]);
});
