import { expect, test } from 'vitest';
import { batch, nextSize } from '../../../../shared/rpc/layers/sharing/batch.ts';
import { cache, freshness } from '../../../../shared/rpc/layers/sharing/cache.ts';
import { dedupe } from '../../../../shared/rpc/layers/sharing/dedupe.ts';
import { answering, failure, outcomeOf, replyOf, setUp, testCall } from './helpers.ts';

test.each([
  [0, 'fresh'],
  [99, 'fresh'],
  [100, 'stale'],
  [299, 'stale'],
  [300, 'gone'],
])('an answer of %d ms, good for 100 and 200 more in need, is %s', (ageMs, expected) => {
  expect(freshness(ageMs, 100, 200)).toBe(expected);
});

function caching(operation: { ttlMs?: number; staleIfErrorMs?: number }, { invalidate = true } = {}) {
  const set = setUp();
  const { sim, observe } = set;
  let asked = 0;
  let error: ReturnType<typeof failure> | undefined;
  const { service } = answering(sim, () => ({
    afterMs: 10,
    ...(error ? { error } : { reply: replyOf('a', ++asked) }),
  }));
  const cached = cache(
    { maxEntries: 100, invalidate, operations: { 'ranking.read': operation } },
    { clock: sim.clock, observe },
  )(service);
  const send = async (own: Parameters<typeof testCall>[0] = {}) => {
    const outcome = outcomeOf(cached(testCall(own)));
    await sim.run(sim.clock.now() + 10);
    return outcome;
  };
  return { ...set, cached, send, fail: (with_?: typeof error) => (error = with_) };
}

test('the same request is answered from memory while the answer is fresh; another request is not', async () => {
  const { sim, send } = caching({ ttlMs: 100 });
  expect(await send({ request: { q: 'cats' } })).toBe(1);
  expect(await send({ request: { q: 'cats' } })).toBe(1);
  expect(await send({ request: { q: 'dogs' } })).toBe(2);
  await sim.run(sim.clock.now() + 100);
  expect(await send({ request: { q: 'cats' } })).toBe(3);
});

test('equal calls at the same time are sent once', async () => {
  const { sim, cached } = caching({ ttlMs: 0 });
  const outcomes = Array.from({ length: 5 }, () => outcomeOf(cached(testCall())));
  await sim.run();
  expect(await Promise.all(outcomes)).toEqual([1, 1, 1, 1, 1]);
});

test('when the first of them leaves, another asks for itself', async () => {
  const { sim, cached } = caching({ ttlMs: 0 });
  const controller = new AbortController();
  const outcomes = [outcomeOf(cached(testCall({ signal: controller.signal }))), outcomeOf(cached(testCall()))];
  sim.scheduler.after(5, () => controller.abort(failure('cancelled')));
  await sim.run();
  expect(await Promise.all(outcomes)).toEqual(['cancelled', 2]);
});

test('when the component fails, an older answer is better than none, for a while', async () => {
  const { sim, send, fail, events } = caching({ ttlMs: 50, staleIfErrorMs: 1_000 });
  expect(await send()).toBe(1);
  await sim.run(200);
  fail(failure('unavailable'));
  expect(await send()).toBe(1);
  expect(events[0]).toMatchObject({ event: 'stale', code: 'unavailable' });
  fail(failure('bad_request'));
  expect(await send()).toBe('bad_request');
  await sim.run(5_000);
  fail(failure('unavailable'));
  expect(await send()).toBe('unavailable');
});

test('an answer from memory in need states its age, and no tier above keeps it as new', async () => {
  const { sim, cached, send, fail } = caching({ ttlMs: 50, staleIfErrorMs: 1_000 });
  await send();
  await sim.run(200);
  fail(failure('unavailable'));
  const above = cache(
    { maxEntries: 100, invalidate: true, operations: { 'ranking.read': { ttlMs: 10_000 } } },
    { clock: sim.clock, observe: () => undefined },
  )(cached);
  const first = above(testCall());
  await sim.run(400);
  expect(await first).toMatchObject({ body: 1, maskedBy: 'cache', staleMs: 200 });
  fail();
  const second = above(testCall());
  await sim.run(600);
  expect(await second).toEqual(replyOf('a', 2));
});

test('with invalidation switched off, a write leaves an old answer', async () => {
  const { send } = caching({ ttlMs: 10_000 }, { invalidate: false });
  expect(await send()).toBe(1);
  await send({ kind: 'write' });
  expect(await send()).toBe(1);
});

test.each([
  ['done', undefined],
  ['perhaps done', failure('connection_lost')],
])('a write that was %s invalidates what was read before', async (_, error) => {
  const { send, fail } = caching({ ttlMs: 10_000 });
  expect(await send()).toBe(1);
  fail(error);
  await send({ kind: 'write' });
  fail();
  expect(await send()).not.toBe(1);
});

test('a write that certainly did not happen invalidates nothing', async () => {
  const { send, fail } = caching({ ttlMs: 10_000 });
  await send();
  fail(failure('overloaded'));
  await send({ kind: 'write' });
  fail();
  expect(await send()).toBe(1);
});

test.each([
  ['full and quick', 4, { ok: true, elapsedMs: 10, full: true }, 5],
  ['not full', 4, { ok: true, elapsedMs: 10, full: false }, 4],
  ['slow', 9, { ok: true, elapsedMs: 80, full: true }, 4],
  ['failed', 1, { ok: false, elapsedMs: 1, full: true }, 1],
  ['at its largest', 32, { ok: true, elapsedMs: 1, full: true }, 32],
])('after a batch that was %s, its size is', (_, size, outcome, expected) => {
  expect(nextSize(size, { windowMs: 4, maxSize: 32, targetMs: 50 }, outcome)).toBe(expected);
});

function batching() {
  const set = setUp();
  const { sim } = set;
  const codec = {
    operation: testCall().operation,
    merge: (requests: readonly unknown[]) => requests.flatMap((request) => request as number[]),
    split: (body: unknown, requests: readonly unknown[]) =>
      requests.map((request) => (body as number[]).filter((n) => (request as number[]).includes(n / 10))),
  };
  const { service, seen } = answering(sim, (call) => ({
    afterMs: 5,
    ...((call.request as number[]).includes(13)
      ? { error: failure('internal') }
      : {
          reply: replyOf(
            'a',
            (call.request as number[]).map((n) => n * 10),
          ),
        }),
  }));
  const layer = batch(
    { operations: { 'ranking.read': { windowMs: 4 } } },
    { ...sim, codecs: { 'ranking.read': codec } },
  );
  return { ...set, service: layer(service), seen };
}

test('calls within a window leave as one, and each gets its part of the answer', async () => {
  const { sim, service, seen } = batching();
  const outcomes = [[1], [2, 3], [4]].map((request) => outcomeOf(service(testCall({ request }))));
  await sim.run();
  expect(await Promise.all(outcomes)).toEqual([[10], [20, 30], [40]]);
  expect(seen.map(({ request }) => request)).toEqual([[1, 2, 3, 4]]);
});

test('a full batch does not wait for its window, and the next is larger', async () => {
  const { sim, service, seen } = batching();
  const send = (count: number) =>
    Array.from({ length: count }, (_, i) => outcomeOf(service(testCall({ request: [i] }))));
  const first = send(4);
  expect(seen).toHaveLength(1);
  await sim.run();
  await Promise.all(first);
  const second = send(5);
  expect(seen).toHaveLength(2);
  await sim.run();
  await Promise.all(second);
  expect((seen[1]!.request as unknown[]).length).toBe(5);
});

test('a failure of the batch is a failure of all its members, and only theirs', async () => {
  const { sim, service } = batching();
  const bad = [[13], [1]].map((request) => outcomeOf(service(testCall({ request }))));
  await sim.run();
  const good = outcomeOf(service(testCall({ request: [5] })));
  await sim.run();
  expect(await Promise.all([...bad, good])).toEqual(['internal', 'internal', [50]]);
});

test('a batch that brings too few answers is a bad reply to all of them', async () => {
  const { sim } = setUp();
  const { service } = answering(sim, () => ({ afterMs: 5, reply: replyOf('a', ['one']) }));
  const codec = {
    operation: testCall().operation,
    merge: (all: readonly unknown[]) => all,
    split: (body: unknown) => body as [],
  };
  const batched = batch({ operations: { 'ranking.read': {} } }, { ...sim, codecs: { 'ranking.read': codec } })(service);
  const outcomes = [1, 2].map((request) => outcomeOf(batched(testCall({ request }))));
  await sim.run();
  expect(await Promise.all(outcomes)).toEqual(['bad_reply', 'bad_reply']);
});

test('a batch stops when all its members have gone, and goes on while one is there', async () => {
  const { sim, service, seen } = batching();
  const controllers = [new AbortController(), new AbortController()];
  const outcomes = controllers.map(({ signal }) => outcomeOf(service(testCall({ request: [1], signal }))));
  sim.scheduler.after(5, () => controllers[0]!.abort(failure('cancelled')));
  sim.scheduler.after(6, () => expect(seen[0]!.signal.aborted).toBe(false));
  sim.scheduler.after(7, () => controllers[1]!.abort(failure('cancelled')));
  await sim.run();
  expect(seen[0]!.signal.aborted).toBe(true);
  expect(await Promise.all(outcomes)).toEqual(['cancelled', 'cancelled']);
});

function deduplicating() {
  const set = setUp();
  const { sim, observe } = set;
  let done = 0;
  const { service, seen } = answering(sim, (call) => ({
    afterMs: 10,
    ...(call.request === 'fail' && done++ === 0 ? { error: failure('internal') } : { reply: replyOf('a', ++done) }),
  }));
  const service_ = dedupe({ maxKeys: 10 }, { observe })(service);
  const send = (own: Parameters<typeof testCall>[0]) =>
    outcomeOf(service_(testCall({ kind: 'write', idempotencyKey: 'k', ...own })));
  return { ...set, send, seen };
}

test('a write with a key happens once, though it arrives three times, also at the same time', async () => {
  const { sim, send, seen } = deduplicating();
  const outcomes = [send({}), send({})];
  await sim.run();
  outcomes.push(send({}));
  await sim.run();
  expect(await Promise.all(outcomes)).toEqual([1, 1, 1]);
  expect(seen).toHaveLength(1);
});

test('another key, or none, is another write', async () => {
  const { sim, send, seen } = deduplicating();
  const outcomes = [send({}), send({ idempotencyKey: 'other' }), send({ idempotencyKey: undefined })];
  await sim.run();
  await Promise.all(outcomes);
  expect(seen).toHaveLength(3);
});

test('a key that is used for another request is a conflict, and does nothing', async () => {
  const { sim, send, seen } = deduplicating();
  const outcomes = [send({ request: 1 }), send({ request: 2 })];
  await sim.run();
  expect(await Promise.all(outcomes)).toEqual([1, 'conflict']);
  expect(seen).toHaveLength(1);
});

test('a failure is forgotten: the retry may succeed', async () => {
  const { sim, send } = deduplicating();
  const first = send({ request: 'fail' });
  await sim.run();
  expect(await first).toBe('internal');
  const second = send({ request: 'fail' });
  await sim.run();
  expect(await second).toBe(3);
});

test('the first caller leaves; the retry gets the answer all the same', async () => {
  const { sim, send, seen } = deduplicating();
  const controller = new AbortController();
  void send({ signal: controller.signal });
  sim.scheduler.after(2, () => controller.abort());
  await sim.run(3);
  const retried = send({});
  await sim.run();
  expect(await retried).toBe(1);
  expect(seen).toHaveLength(1);
});
