import { expect, test } from 'vitest';
import { countVotes } from '../../../../shared/rpc/layers/trust/votes.ts';

const vote = (node: string, body: unknown) => ({ node, body });
const at = (version: string, body: string) => ({ version, body });

test.each([
  ['nothing yet', [], 2],
  ['one answer', [vote('a', 'x')], 1],
  ['two equal', [vote('a', 'x'), vote('b', 'x')], { majority: ['a', 'b'], minority: [], abstained: [] }],
  ['two different', [vote('a', 'x'), vote('b', 'y')], 1],
  [
    'two of three',
    [vote('a', 'x'), vote('b', 'y'), vote('c', 'y')],
    { majority: ['b', 'c'], minority: ['a'], abstained: [] },
  ],
  ['one node twice', [vote('a', 'x'), vote('a', 'x')], 1],
  ['one node with two answers: its first counts', [vote('a', 'x'), vote('a', 'y'), vote('b', 'y')], 1],
  [
    'members in another order',
    [vote('a', { p: 1, q: 2 }), vote('b', { q: 2, p: 1 })],
    { majority: ['a', 'b'], minority: [], abstained: [] },
  ],
  ['0 and "0", null and nothing', [vote('a', 0), vote('b', '0'), vote('c', null), vote('d', {})], 1],
  [
    'another version abstains',
    [vote('a', at('1', 'x')), vote('b', at('2', 'y')), vote('c', at('2', 'y'))],
    { majority: ['b', 'c'], minority: [], abstained: ['a'] },
  ],
  [
    'another answer at the same version is a lie',
    [vote('a', at('2', 'x')), vote('b', at('2', 'y')), vote('c', at('2', 'y'))],
    { majority: ['b', 'c'], minority: ['a'], abstained: [] },
  ],
  [
    'batches that were read at other versions abstain',
    [
      vote('a', { replies: [{ reply: at('1', 'x') }] }),
      vote('b', { replies: [{ reply: at('2', 'y') }] }),
      vote('c', { replies: [{ reply: at('2', 'y') }] }),
    ],
    { majority: ['b', 'c'], minority: [], abstained: ['a'] },
  ],
  ['the same answer at two versions is not the same', [vote('a', at('1', 'x')), vote('b', at('2', 'x'))], 1],
])('with f = 1, %s', (_, votes, expected) => {
  const { result, ...count } = countVotes(votes, 1);
  expect(result === 'agreed' ? count : 'missing' in count && count.missing).toEqual(expected);
});

test('with f = 2, two equal answers of five are not enough, and of three liars two may agree', () => {
  const two = [vote('a', 7), vote('b', 7), vote('c', 1), vote('d', 1)];
  expect(countVotes(two, 2)).toEqual({ result: 'open', missing: 1 });
  expect(countVotes([...two, vote('e', 1)], 2)).toMatchObject({ majority: ['c', 'd', 'e'], minority: ['a', 'b'] });
});
