import { expect, test } from 'vitest';
import { deadline, decideDeadline } from '../../../../shared/rpc/layers/deadlines/deadline.ts';
import { expire } from '../../../../shared/rpc/layers/deadlines/expire.ts';
import { answering, endOf, outcomeOf, replyOf, setUp, testCall } from './helpers.ts';

const settings = { defaultMs: 10_000, maxMs: 600_000 };

test.each([
  [NaN, 'refuse'],
  [-5, 'refuse'],
  [-Infinity, 'refuse'],
  [1_000, 'refuse'],
  [1_001, 1],
  [1e300, 600_000],
  [Infinity, 10_000],
])('a deadline at %d is decided at 1,000 ms as %s', (deadlineAt, expected) => {
  const decision = decideDeadline(deadlineAt, 1_000, settings);
  expect(decision.do === 'refuse' ? 'refuse' : decision.timeoutMs).toBe(expected);
});

test('an expired call is refused before it is sent, definitely', async () => {
  const { sim } = setUp();
  const { service, seen } = answering(sim, () => ({ afterMs: 0 }));
  const call = deadline(settings, sim)(service)(testCall({ deadlineAt: 0 }));
  await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded', definite: true });
  expect(seen).toHaveLength(0);
});

test('when the time is up the caller gets deadline_exceeded, and the work below is stopped', async () => {
  const { sim } = setUp();
  const { service, seen } = answering(sim, () => ({ afterMs: 500 }));
  expect(await endOf(sim, deadline(settings, sim)(service)(testCall({ deadlineAt: 100 })))).toBe('deadline_exceeded');
  expect(sim.clock.now()).toBe(100);
  expect(seen[0]!.signal.aborted).toBe(true);
  expect(sim.pending).toBe(0);
});

test('what is below learns of the shorter deadline', async () => {
  const { sim } = setUp();
  const { service, seen } = answering(sim, () => ({ afterMs: 1 }));
  await endOf(sim, deadline(settings, sim)(service)(testCall({ deadlineAt: Infinity })));
  expect(seen[0]!.deadlineAt).toBe(10_000);
});

test('a caller that leaves stops the work, with the reason it gave or as cancelled', async () => {
  const { sim } = setUp();
  const { service, seen } = answering(sim, () => ({ afterMs: 500 }));
  const controller = new AbortController();
  sim.scheduler.after(10, () => controller.abort());
  expect(await endOf(sim, deadline(settings, sim)(service)(testCall({ signal: controller.signal })))).toBe('cancelled');
  expect(seen[0]!.signal.aborted).toBe(true);
  expect(sim.pending).toBe(0);
});

test('an answer in time leaves no timer and no listener behind', async () => {
  const { sim } = setUp();
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...of: Parameters<typeof add>) => (listeners++, add(...of));
  signal.removeEventListener = (...of: Parameters<typeof remove>) => (listeners--, remove(...of));
  await deadline(settings, sim)(() => Promise.resolve(replyOf('a')))(testCall({ signal }));
  expect(listeners).toBe(0);
  expect(sim.pending).toBe(0);
});

test.each([
  ['in time', { deadlineAt: 1 }, 'answered'],
  ['expired', { deadlineAt: 0 }, 'deadline_exceeded'],
  ['not a number', { deadlineAt: NaN }, 'deadline_exceeded'],
  ['left by its caller', { signal: AbortSignal.abort() }, 'cancelled'],
])('the server answers a call that is %s with %s', async (_, own, expected) => {
  const { sim, observe } = setUp();
  let done = 0;
  const service = expire({ clock: sim.clock, observe })(() => {
    done++;
    return Promise.resolve(replyOf('a', 'answered'));
  });
  expect(await outcomeOf(service(testCall(own)))).toBe(expected);
  expect(done).toBe(expected === 'answered' ? 1 : 0);
});
