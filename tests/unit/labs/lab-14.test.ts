import { expect, test } from 'vitest';
import { liveStaleAnswers } from '../../../labs/14-caching/live-invalidation.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { nothingHeld } from '../../support/held-resources.ts';

test('over HTTP, answers are stale without invalidation and never with it, and no process is left', async () => {
  const { signal } = new AbortController();
  await nothingHeld();
  const stale = (invalidate: boolean): Promise<number> => {
    const random = seededRandom('writes');
    const draw = (): number => Math.floor(20 * random.next());
    return liveStaleAnswers({ requests: 500, capacity: 20, invalidate, draw, signal });
  };
  expect(await stale(false)).toBeGreaterThan(10);
  expect(await stale(true)).toBe(0);
  await nothingHeld();
}, 30_000);

test('an interrupt ends the process with the pages', async () => {
  await nothingHeld();
  const interrupt = new AbortController();
  let draws = 0;
  const draw = (): number => {
    if (++draws === 100) interrupt.abort(new Error('interrupted'));
    return 1;
  };
  const writes = { requests: 1_000, capacity: 10, invalidate: true, draw, signal: interrupt.signal };
  await expect(liveStaleAnswers(writes)).rejects.toThrow('interrupted');
  await nothingHeld();
}, 30_000);
