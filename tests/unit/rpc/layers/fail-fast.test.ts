import { expect, test } from 'vitest';
import { invariant, InvariantViolation } from '../../../../shared/invariant.ts';
import { failFast } from '../../../../shared/rpc/layers/fail-fast.ts';
import { failure, outcomeOf, replyOf, testCall } from './helpers.ts';

test('a violated invariant ends the node; other failures are answers', async () => {
  const ended: string[] = [];
  const layer = failFast(({ invariant: name, message }) => void ended.push(`${name} | ${message}`));
  const broken = layer(async () => {
    invariant(Math.min(1, 2) > 1, 'ranking.order', () => 'two is not less than one');
    return replyOf('a');
  });
  await expect(broken(testCall())).rejects.toBeInstanceOf(InvariantViolation);
  expect(ended).toEqual(['ranking.order | ranking.order: two is not less than one']);
  expect(await outcomeOf(layer(() => Promise.reject(failure('overloaded')))(testCall()))).toBe('overloaded');
  expect(await outcomeOf(layer(async () => replyOf('a', 7))(testCall()))).toBe(7);
  expect(ended).toHaveLength(1);
});

test('what an invariant would say is only worked out where it does not hold', () => {
  expect(() =>
    invariant(true, 'x', () => {
      throw new Error('not asked');
    }),
  ).not.toThrow();
});
