import { expect, test } from 'vitest';
import { createHistory } from '../../../services/console/live/history.ts';
import { deltas, sum, trafficOf } from '../../../services/console/live/traffic.ts';
import type { Flow } from '../../../shared/rpc/live-reading.ts';

const bounds = [0.001, 0.01, 0.1];
const flow = (ok: number, failed: number, buckets: number[]): Flow => ({ component: 'app', ok, failed, buckets });

test('two readings give rate, success and latency of what ended between them', () => {
  const [delta] = deltas([flow(100, 0, [100, 0, 0, 0])], [flow(190, 10, [100, 98, 2, 0])]);
  expect(trafficOf(delta!, 5, bounds)).toEqual({ rate: 20, ok: 0.9, p50: 5.59, p99: 55 });
});

test('a flow that is new began at zero, and flows add up', () => {
  const all = deltas([], [flow(3, 1, [4, 0, 0, 0]), { ...flow(6, 0, [0, 6, 0, 0]), component: 'html' }]);
  expect(sum(all)).toEqual({ ok: 9, failed: 1, buckets: [4, 6, 0, 0] });
});

test('without calls there is no success and no latency, and no NaN', () => {
  expect(trafficOf({ ok: 0, failed: 0, buckets: [] }, 5, bounds)).toEqual({ rate: 0 });
  expect(trafficOf({ ok: 1, failed: 0, buckets: [1] }, 0, bounds)).toEqual({ rate: 0 });
});

test('what is slower than the last bound counts as the last bound', () => {
  expect(trafficOf({ ok: 1, failed: 0, buckets: [0, 0, 0, 1] }, 1, bounds)).toMatchObject({ p50: 100, p99: 100 });
});

test('the history keeps the last snapshots only, oldest first, and gives those that a reader has missed', () => {
  const history = createHistory(3);
  for (const number of [1, 2, 3, 4, 5]) history.add({ number, json: `${number}` });
  expect(history.after(0).map(({ number }) => number)).toEqual([3, 4, 5]);
  expect(history.after(4).map(({ number }) => number)).toEqual([5]);
  expect(history.after(5)).toEqual([]);
});
