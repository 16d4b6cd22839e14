import { expect, test } from 'vitest';
import { run } from './run.ts';

test.each([
  [['ranking=2', 'query=1', 'ranking=3'], /\branking is named twice\b/],
  [['ranking=101'], /\bat most 100 nodes\b/],
  [['ranking=1e1'], /\bnumber from 1\b/],
  [['a b=1'], /\bgroup and a number\b/],
])('scale %j is refused', async (words, reason) => {
  const { exitCode, said } = await run('scale', ...words);
  expect(said).toMatch(reason);
  expect(exitCode).toBe(2);
});
