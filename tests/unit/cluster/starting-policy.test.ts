import { expect, test } from 'vitest';
import { startingPolicy } from '../../../shared/cluster/starting-policy.ts';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';

const [naive, resilient] = [resolvePolicy('naive'), resolvePolicy('resilient')];

test.each([
  ['no process ran before', undefined, resilient, 0],
  ['the process before had another policy', naive, naive, 0],
  ['the process before had a mechanism that this version lacks', { ...naive, teleport: {} }, resilient, 1],
])('%s', (_what, earlier, expected, warnings) => {
  const said: unknown[] = [];
  expect(startingPolicy(earlier, 'resilient', { warn: (...words: unknown[]) => void said.push(words) })).toEqual(
    expected,
  );
  expect(said).toHaveLength(warnings);
});
