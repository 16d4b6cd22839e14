import { expect, test } from 'vitest';
import type { Call, Service } from '../../../../shared/rpc/call.ts';
import { attemptTimeout, attemptTimeoutMs } from '../../../../shared/rpc/layers/retries/attempt-timeout.ts';
import { admit, breaker, circuitAfter, type Circuit } from '../../../../shared/rpc/layers/overload/breaker.ts';
import { inFlight } from '../../../../shared/rpc/layers/overload/in-flight.ts';
import { none } from '../../../../shared/rpc/layers/none.ts';
import { evidenceOfFailure } from '../../../../shared/rpc/layers/replicas/attempts.ts';
import { createStatistics, sampleOf } from '../../../../shared/rpc/layers/replicas/latency-statistics.ts';
import { following, switchable } from '../../../../shared/rpc/layers/switchable.ts';
import { refusalProbability, throttle } from '../../../../shared/rpc/layers/overload/throttle.ts';
import { answering, failure, nodes, outcomeOf, replyOf, setUp, testCall } from './helpers.ts';

test('none does nothing', async () => {
  const call = testCall();
  let seen: unknown;
  const service = none()((passed) => ((seen = passed), Promise.resolve(replyOf('a', 7))));
  expect(await outcomeOf(service(call))).toBe(7);
  expect(seen).toBe(call);
});

const circuitSettings = { share: 0.5, minCalls: 4, windowMs: 1_000, openMs: 500 };
const closed = (calls: number, failures: number): Circuit => ({ state: 'closed', windowAt: 0, calls, failures });

test.each([
  ['too few calls', closed(2, 2), true, 10, 'closed'],
  ['half of enough calls fail', closed(3, 1), true, 10, 'open'],
  ['fewer than half fail', closed(9, 3), true, 10, 'closed'],
  ['the failures are of an earlier window', closed(3, 3), true, 1_000, 'closed'],
  ['the probe succeeds', { state: 'half_open', until: 99 }, false, 10, 'closed'],
  ['the probe fails', { state: 'half_open', until: 99 }, true, 10, 'open'],
  ['an old call ends while it is open', { state: 'open', until: 99 }, true, 10, 'open'],
] as const)('when %s, the circuit is then', (_, circuit, failed, now, expected) => {
  expect(circuitAfter(circuitSettings, circuit, failed, now).state).toBe(expected);
});

test.each([
  ['closed', closed(0, 0), 10, true, 'closed'],
  ['open', { state: 'open', until: 100 }, 99, false, 'open'],
  ['open for long enough', { state: 'open', until: 100 }, 100, true, 'half_open'],
  ['half open', { state: 'half_open', until: 200 }, 150, false, 'half_open'],
  ['half open, its probe never heard of again', { state: 'half_open', until: 200 }, 200, true, 'half_open'],
] as const)('a circuit that is %s', (_, circuit, now, pass, state) => {
  const admitted = admit(circuitSettings, circuit, now);
  expect([admitted.pass, admitted.circuit.state]).toEqual([pass, state]);
});

test('an open circuit fails fast, lets one call try, and closes when that succeeds', async () => {
  const { sim, events, observe } = setUp();
  let asked = 0;
  let works = false;
  const service = breaker(circuitSettings, { clock: sim.clock, observe })(() => {
    asked++;
    return works ? Promise.resolve(replyOf('a', 'answer')) : Promise.reject(failure('unreachable', { node: 'a' }));
  });
  for (let i = 0; i < 10; i++) await outcomeOf(service(testCall()));
  expect(asked).toBe(4);
  expect(await outcomeOf(service(testCall()))).toBe('unavailable');
  sim.scheduler.after(600, () => undefined);
  await sim.run();
  works = true;
  expect(await Promise.all([1, 2].map(() => outcomeOf(service(testCall()))))).toEqual(['answer', 'unavailable']);
  expect(await outcomeOf(service(testCall()))).toBe('answer');
  expect(events.map((event) => (event.event === 'circuit' ? event.state : ''))).toEqual([
    'open',
    'half_open',
    'closed',
  ]);
});

test.each([
  ['a deadline of its own that has passed', () => failure('deadline_exceeded'), true],
  ['that the caller has gone', () => failure('cancelled'), true],
  ['a failure of a node below', () => failure('unavailable', { node: 'a', relayed: true, below: 'database/1' }), false],
  ['too many calls of this node', () => failure('overloaded'), false],
])('twenty-five calls that end by %s leave the circuit closed', async (_, error, abandoned) => {
  const { sim, observe } = setUp();
  let works = false;
  const service = breaker(circuitSettings, { clock: sim.clock, observe })((call) =>
    works ? Promise.resolve(replyOf('a', 'answer')) : Promise.reject(abandoned ? call.signal.reason : error()),
  );
  const given = () => (abandoned ? { signal: AbortSignal.abort(error()) } : {});
  for (let i = 0; i < 25; i++) await outcomeOf(service(testCall(given())));
  works = true;
  expect(await outcomeOf(service(testCall()))).toBe('answer');
});

test('a probe whose caller leaves proves nothing: the next call probes', async () => {
  const { sim, observe } = setUp();
  const answers: (() => Promise<ReturnType<typeof replyOf>>)[] = [];
  const service = breaker(circuitSettings, { clock: sim.clock, observe })(() => answers.shift()!());
  for (let i = 0; i < 4; i++) {
    answers.push(() => Promise.reject(failure('unreachable', { node: 'a' })));
    await outcomeOf(service(testCall()));
  }
  await sim.run(600);
  answers.push(() => Promise.reject(failure('cancelled')));
  expect(await outcomeOf(service(testCall({ signal: AbortSignal.abort(failure('cancelled')) })))).toBe('cancelled');
  answers.push(() => Promise.resolve(replyOf('a', 'answer')));
  expect(await outcomeOf(service(testCall()))).toBe('answer');
});

test.each([
  [0, 0, 0],
  [100, 100, 0],
  [100, 50, 0],
  [100, 25, 50 / 101],
  [1_000, 0, 1_000 / 1_001],
])(
  'after %d requests of which %d were accepted, a call is refused with probability %d',
  (requests, accepts, expected) => {
    expect(refusalProbability(requests, accepts, 2)).toBeCloseTo(expected, 10);
  },
);

test.each([
  ['answers others', 'closed', { afterMs: 40 }],
  ['finds nothing for others', 'closed', { afterMs: 40, error: failure('not_found', { node: 'a' }) }],
  ['answers nobody', 'open', { afterMs: 1_000 }],
])('calls that run out of time while the component %s leave the circuit %s', async (_, state, others) => {
  const { sim, observe, events } = setUp();
  let sent = 0;
  const { service } = answering(sim, () =>
    sent++ % 4 === 3 ? others : { afterMs: 100, error: failure('deadline_exceeded', { node: 'a' }) },
  );
  const guarded = breaker(circuitSettings, { clock: sim.clock, observe })(service);
  const timer = sim.scheduler.every(5, () => void outcomeOf(guarded(testCall())));
  await sim.run(400);
  timer.cancel();
  expect(events).toMatchObject(state === 'open' ? [{ event: 'circuit', state }] : []);
});

test('while a component refuses everything, few calls reach it; when it is well again, all do', async () => {
  const { sim, observe } = setUp();
  let asked = 0;
  let busy = true;
  const service = throttle(
    { k: 2, reserve: 0, halfLifeMs: 1_000 },
    { ...sim, observe },
  )(() => {
    asked++;
    return busy ? Promise.reject(failure('overloaded', { node: 'a' })) : Promise.resolve(replyOf('a', 'answer'));
  });
  for (let i = 0; i < 1_000; i++) await outcomeOf(service(testCall()));
  expect(asked).toBeLessThan(150);
  busy = false;
  sim.scheduler.every(10, () => void outcomeOf(service(testCall())));
  await sim.run(20_000);
  asked = 0;
  await sim.run(21_000);
  expect(asked).toBeGreaterThan(95);
});

test('beyond the limit of calls to one replica the next fails fast; another replica is not concerned', async () => {
  const { sim } = setUp();
  const { service } = answering(sim, () => ({ afterMs: 10 }));
  const limited = inFlight({ maxPerEndpoint: 2 })(service);
  const send = (node: string) => outcomeOf(limited(testCall({ endpoint: nodes(node)[0] })));
  const outcomes = [send('a'), send('a'), send('a'), send('b')];
  await sim.run();
  expect(await Promise.all(outcomes)).toEqual([{}, {}, 'overloaded', {}]);
  const again = send('a');
  await sim.run();
  expect(await again).toEqual({});
});

const timeouts = { quantile: 0.999, margin: 3, minMs: 200, initialMs: 2_000, minSamples: 50 };

test.each([
  ['nothing known', undefined, 10_000, {}, 2_000],
  ['a p99.9 of 100 ms', 100, 10_000, {}, 300],
  ['a p99.9 of 1 ms', 1, 10_000, {}, 200],
  ['less time left', 100, 50, {}, 50],
  ['a value set by hand', 100, 10_000, { fixedMs: 77 }, 77],
])('with %s an attempt may take', (_, quantileMs, remainingMs, own, expected) => {
  expect(attemptTimeoutMs({ ...timeouts, ...own }, quantileMs, remainingMs)).toBe(expected);
});

test('an attempt that hangs is given up with the node named; a write that cannot be repeated waits', async () => {
  const { sim } = setUp();
  const { service, seen } = answering(sim, () => ({ afterMs: 5_000 }));
  const limited = attemptTimeout(timeouts, { ...sim, statistics: createStatistics() })(service);
  const endpoint = nodes('a')[0];
  const read = limited(testCall({ endpoint })).catch((error: unknown) => error);
  const write = outcomeOf(limited(testCall({ endpoint, kind: 'write' })));
  await sim.run();
  expect(await read).toMatchObject({ code: 'deadline_exceeded', node: 'a', definite: false });
  expect(await write).toEqual({});
  expect(seen[0]!.deadlineAt).toBe(2_000);
  expect(seen[0]!.signal.aborted).toBe(true);
});

test.each([
  ['ok', 12, 'reply', 12],
  ['deadline_exceeded', 200, 'failure', 200],
  ['deadline_exceeded', 0, 'nothing', undefined],
  ['internal', 3, 'failure', undefined],
  ['cancelled', 50, 'unanswered', 50],
  ['cancelled', 5, 'nothing', undefined],
] as const)(
  'an attempt that ended %s after %d ms, with the evidence %s, gives the sample %s',
  (code, elapsedMs, evidence, expected) => {
    expect(sampleOf({ code, elapsedMs, evidence })).toBe(expected);
  },
);

const gaveUp = AbortSignal.abort(failure('cancelled'));

test.each([
  ['given up after less than is usual', gaveUp, 'cancelled', 3, 40, 'nothing'],
  ['given up after more than is usual', gaveUp, 'cancelled', 50, 40, 'unanswered'],
  ['given up soon, while nobody knows what is usual', gaveUp, 'deadline_exceeded', 500, undefined, 'nothing'],
  ['given up late, while nobody knows what is usual', gaveUp, 'deadline_exceeded', 2_000, undefined, 'unanswered'],
  ['failed', undefined, 'internal', 3, 40, 'failure'],
] as const)('an attempt that was %s tells', (_, signal, code, elapsedMs, usualMs, expected) => {
  const call = testCall({ endpoint: nodes('a')[0], ...(signal && { signal }) });
  expect(evidenceOfFailure(call, failure(code, { node: 'a' }), elapsedMs, usualMs)).toBe(expected);
});

test('a mechanism is switched and tuned while calls run, and keeps its state with its settings', async () => {
  type Policy = { readonly add: { readonly by: number } | false };
  const policy: { current: Policy } = { current: { add: false } };
  let built = 0;
  const add = switchable(
    ({ add }: Policy) => add,
    ({ by }) => {
      let calls = 0;
      built++;
      return (next: Service) => async (call: Call) => ({ ...(await next(call)), body: by + ++calls });
    },
  );
  const service = following(policy, [add])(() => Promise.resolve(replyOf('a', 0)));
  const ten = { by: 10 };
  const bodies: unknown[] = [];
  for (const settings of [false, ten, { by: 20 }, false, ten, ten] as const) {
    policy.current = { add: settings };
    bodies.push(await outcomeOf(service(testCall())), await outcomeOf(service(testCall())));
  }
  expect(bodies).toEqual([0, 0, 11, 12, 21, 22, 0, 0, 11, 12, 13, 14]);
  expect(built).toBe(3);
});
