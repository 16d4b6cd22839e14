import { expect, test } from 'vitest';
import { admission, isAdmitted } from '../../../../shared/rpc/layers/admission.ts';
import {
  initialGradient,
  nextBaseline,
  nextGradient,
  type Gradient,
  type Window,
} from '../../../../shared/rpc/layers/gradient.ts';
import { resolvePolicy } from '../../../../shared/rpc/policy.ts';
import { answering, nodes, outcomeOf, setUp, testCall } from './helpers.ts';

const settings = resolvePolicy('resilient').admission || expect.fail('on by default');

test.each([
  ['read', 9, 0, true],
  ['read', 10, 0, false],
  ['write', 8, 0, true],
  ['write', 9, 0, false],
  ['background', 4, 0, true],
  ['background', 5, 0, false],
  ['health', 1_000, 10_000, true],
  ['background', 0, 101, false],
  ['write', 1, 150, true],
  ['write', 1, 201, false],
  ['read', 1, 399, true],
  ['read', 1, 401, false],
  ['read', 0, 10_000, true],
] as const)(
  'of a limit of 10, a %s with %d under way and %d ms of lag begins: %s',
  (priority, inFlight, lagMs, expected) => {
    expect(isAdmitted(priority, { inFlight, limit: 10, lagMs }, 100)).toBe(expected);
  },
);

const at = (limit: number, own: Partial<Gradient> = {}): Gradient => ({
  ...initialGradient(settings, 0),
  limit,
  ...own,
});
const window = (own: Partial<Window>): Window => ({
  durationMs: 250,
  slowdown: 1,
  maxInFlight: 100,
  shedShare: 0,
  ...own,
});

test.each([
  ['not needed', window({ maxInFlight: 10 }), 20],
  ['needed, without a queue', window({}), 20 + 0.2 * 0.5 * Math.sqrt(20)],
  ['with a queue in a burst', window({ slowdown: 3 }), 20 + 0.2 * 0.5 * Math.sqrt(20)],
  ['with a long queue in a burst', window({ slowdown: 5 }), 20 + 0.2 * (16 + 0.5 * Math.sqrt(20) - 20)],
  [
    'with the same queue in an overload',
    window({ slowdown: 3, shedShare: 0.5 }),
    20 + 0.2 * (10 + 0.5 * Math.sqrt(20) - 20),
  ],
])('a limit of 20 that is %s becomes', (_, seen, expected) => {
  expect(nextGradient(settings, at(20), seen, 1_000).limit).toBeCloseTo(expected, 9);
});

test('the limit stays within its bounds', () => {
  expect(nextGradient(settings, at(2), window({ slowdown: 100, shedShare: 0.9 }), 0).limit).toBe(2);
  expect(nextGradient(settings, at(1_000), window({ maxInFlight: 1_000 }), 0).limit).toBe(1_000);
});

test('a probe begins in an overload only, when the latency without a queue was not seen for long, and costs at most a twentieth of the time', () => {
  const overload = window({ slowdown: 2, shedShare: 0.5 });
  expect(nextGradient(settings, at(20), overload, 4_999).probing).toBe(false);
  expect(nextGradient(settings, at(20), window({ slowdown: 2 }), 9_999).probing).toBe(false);
  const probing = nextGradient(settings, at(20), overload, 5_000);
  expect(probing.probing).toBe(true);
  const after = nextGradient(settings, probing, window({ durationMs: 1_000 }), 6_000);
  expect(after).toMatchObject({ probing: false, learntAt: 6_000, probeAfterMs: 20_000, limit: probing.limit });
});

const answers = (meanMs: number, samples: number, aloneMs = 0, aloneSamples = 0) => ({
  sumMs: meanMs * samples,
  samples,
  aloneSumMs: aloneMs * aloneSamples,
  aloneSamples,
});

test.each([
  ['nothing was known', undefined, answers(30, 10), false, 30],
  ['calls were alone', 10, answers(30, 10, 16, 5), false, 12],
  ['one call was alone', 10, answers(30, 10, 25, 1), false, 11],
  ['others were faster', 30, answers(15, 10), true, 25],
  ['others were slower', 30, answers(90, 10), false, 30.3],
  ['others were slower, in an overload', 30, answers(90, 10), true, 30],
])('the baseline when %s', (_, baselineMs, seen, overload, expected) => {
  expect(nextBaseline(baselineMs, seen, overload)).toBeCloseTo(expected, 9);
});

test('beyond the limit a call is refused at once, definitely, with the time after which to try again', async () => {
  const { sim, observe, events } = setUp();
  const { service } = answering(sim, () => ({ afterMs: 100 }));
  const limited = admission({ ...settings, fixedLimit: 2 }, { clock: sim.clock, observe })(service);
  const outcomes = [1, 2].map(() => outcomeOf(limited(testCall())));
  await expect(limited(testCall())).rejects.toMatchObject({ code: 'overloaded', definite: true, retryAfterMs: 10 });
  expect(events[0]).toMatchObject({ event: 'shed', limit: 2 });
  const inner = outcomeOf(limited(testCall({ endpoint: nodes('self')[0] })));
  const health = outcomeOf(limited(testCall({ priority: 'health' })));
  await sim.run();
  expect(await Promise.all([...outcomes, inner, health])).toEqual([{}, {}, {}, {}]);
});

test('an event loop that lags refuses background work first', async () => {
  const { sim, observe } = setUp();
  const { service } = answering(sim, () => ({ afterMs: 100 }));
  const limited = admission(settings, { clock: sim.clock, lagMs: () => 150, observe })(service);
  const outcomes = (['background', 'write', 'read'] as const).map((priority) =>
    outcomeOf(limited(testCall({ priority }))),
  );
  await sim.run();
  expect(await Promise.all(outcomes)).toEqual(['overloaded', {}, {}]);
});
