import { expect, test } from 'vitest';
import { warnWithoutProcessors, warningFor } from '../../../cli/processor-room.ts';

const [smallApp, apps] = [1, 2].map((count) => ({ group: 'app', count }));
const queries = { group: 'query', count: 3 };

// A warning names the processors, how many the nodes use, and the groups that grow too large.
test.each<[string, Parameters<typeof warningFor>, RegExp | undefined]>([
  ['a group within the processors, on an idle machine', [2, 0.1, [apps!]], undefined],
  ['a group larger than the machine', [2, 0.1, [queries]], /\b2 processors\b.*\b0\.1\b.*\b3 of query\b/],
  ['a second node where the processors are full', [4, 3.4, [apps!]], /\b4 processors\b.*\b3\.4\b.*\b2 of app\b/],
  ['where the system does not tell how busy it is', [1, undefined, [apps!]], /\b1 processor\b[^,]*\b2 of app\b/],
  ['only the groups that are too large', [2, 0, [smallApp!, queries]], /^(?!.*\bapp\b).*\b3 of query\b/],
])('%s', (_what, given, expected) => {
  const said = warningFor(...given);
  if (expected === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(expected);
});

test('a group of a thousand nodes is too large for any machine, and a group that shrinks for none', async () => {
  const own = [{ pid: process.pid }, { pid: null }];
  const said: string[] = [];
  const terminal = { line: (text: string) => void said.push(text), warn: String };
  await warnWithoutProcessors(own, [], terminal);
  expect(said).toEqual([]);
  await warnWithoutProcessors(own, [{ group: 'query', count: 1_000 }], terminal);
  expect(said).toEqual([expect.stringMatching(/\b\d+ processors?\b.*\b1000 of query\b/)]);
});
