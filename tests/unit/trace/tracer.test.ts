import { expect, test } from 'vitest';
import { assembleTrace } from '../../../services/traces/assemble.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import type { Span } from '../../../shared/trace/span.ts';
import { createSpanRing } from '../../../shared/trace/span-ring.ts';
import { createTracer } from '../../../shared/trace/tracer.ts';
import type { EndedRequest } from '../../../shared/trace/window.ts';
import { testCall } from '../rpc/layers/helpers.ts';

const contextOf = (traceId: string, spanId = 's', sampled = true) => ({ traceId, spanId, parentId: 'p', sampled });

function setUp(policy: unknown = {}) {
  const { clock } = createSimulation('tracer');
  const metrics = createMetrics({}, { process: false });
  const ended: EndedRequest[] = [];
  const keeper = { ended: (request: EndedRequest) => void ended.push(request), stop: () => undefined };
  const holder = createPolicyHolder(policy);
  const tracer = createTracer({ node: 'app-1', policy: holder, clock, metrics, keeper });
  const [route] = tracer.routes;
  const ask = (body: unknown) => (route!.handle({}, body) as { spans: Span[] }).spans;
  const recorded = async () => (await metrics.read('tierlab_trace_spans'))[0]?.value;
  return { tracer, ask, recorded, ended };
}

test.each([
  [0, []],
  [3, ['s0', 's1', 's2']],
  [4, ['s0', 's1', 's2', 's3']],
  [6, ['s2', 's3', 's4', 's5']],
  [9, ['s5', 's6', 's7', 's8']],
])('of %i spans a ring with 4 places has the last ones, and counts all', (spans, expected) => {
  const ring = createSpanRing(4);
  for (let i = 0; i < spans; i++) Object.assign(ring.next(), { traceId: 't', spanId: `s${i}` });
  expect(
    ring
      .find(new Set(['t']), 'app-1')
      .map(({ spanId }) => spanId)
      .toSorted(),
  ).toEqual(expected);
  expect(ring.added()).toBe(spans);
});

test('a slot that is used again shows nothing of its former span', () => {
  const { tracer, ask } = setUp();
  const old = testCall({ trace: contextOf('old'), shard: 3, attempt: 2, caller: 'gateway-1' });
  for (let i = 0; i < 8_192; i++) {
    tracer.watchServed(old, 'overloaded', 0, 9);
    if (i === 0) expect(ask({ ids: ['old'] })).toMatchObject([{ shard: 3, queueMs: 9, outcome: 'overloaded' }]);
  }
  tracer.watchCall(testCall({ trace: contextOf('new') }), 'ok', 0, undefined);
  expect(ask({ ids: ['old'] })).toHaveLength(8_191);
  expect(ask({ ids: ['new'] })).toEqual([
    {
      kind: 'call',
      node: 'app-1',
      traceId: 'new',
      requestId: 'r',
      spanId: 's',
      parentId: 'p',
      component: 'ranking',
      operation: 'read',
      attempt: 1,
      attemptKind: 'first',
      outcome: 'ok',
      startMs: 0,
      durationMs: 0,
      queueMs: 0,
    },
  ]);
});

test('a span that the ring has overwritten is counted while a span below it is left', () => {
  const { tracer, ask } = setUp();
  const recordCall = (trace: object) =>
    tracer.watchCall(testCall({ trace: { ...contextOf('t'), ...trace } }), 'ok', 0, undefined);
  tracer.watchServed(testCall({ trace: { ...contextOf('t', 'served'), parentId: 'root' } }), 'ok', 0, 0);
  recordCall({ spanId: 'below', parentId: 'served' });
  tracer.watchRequests('app')({ trace: contextOf('t', 'root'), requestId: 'r' }, 'GET /search', 'ok', 0);
  const seen = () => {
    const trace = assembleTrace('t', ask({ ids: ['t'] }), { because: 'asked', endedAt: 0 });
    return trace && { spans: trace.spans.length, missing: trace.missingSpans };
  };
  expect(seen()).toEqual({ spans: 3, missing: 0 });
  for (let i = 0; i < 8_190; i++) recordCall({ traceId: 'flood' });
  expect(seen()).toEqual({ spans: 1, missing: 1 });
  recordCall({ traceId: 'flood' });
  expect(seen()).toEqual({ spans: 1, missing: 0 });
  recordCall({ traceId: 'flood' });
  expect(seen()).toBeUndefined();
});

test.each<[string, unknown, boolean, number]>([
  ['a sampled call', {}, true, 2],
  ['a call that its caller does not sample', {}, false, 0],
  ['any call, where the policy switches traces off', { trace: false }, true, 0],
])('recorded: %s', async (_, policy, sampled, spans) => {
  const { tracer, recorded, ended } = setUp(policy);
  const trace = contextOf('t', 's', sampled);
  tracer.watchCall(testCall({ trace }), 'ok', 1, undefined);
  tracer.watchRequests('app')({ trace, requestId: 'r' }, 'GET /search', 'ok', 0);
  expect(await recorded()).toBe(spans);
  expect(ended).toHaveLength(spans === 0 ? 0 : 1);
});

test.each([
  ['ok', false],
  ['bad_request', false],
  ['not_found', false],
  ['unavailable', true],
  ['deadline_exceeded', true],
] as const)('a request that ended with %s counts as failed: %s', (code, failed) => {
  const { tracer, ended } = setUp();
  tracer.watchRequests('app')({ trace: contextOf('t'), requestId: 'r' }, 'GET /search', code, 0);
  expect(ended).toMatchObject([{ traceId: 't', failed }]);
});

test.each([
  ['nothing', undefined],
  ['one id without a list', { ids: 't' }],
  ['numbers', { ids: [1] }],
  ['too many ids', { ids: Array.from({ length: 201 }, String) }],
  ['an endless id', { ids: ['x'.repeat(65)] }],
])('a question for spans with %s is refused', (_, body) => {
  expect(() => setUp().ask(body)).toThrow('up to 200 trace ids or request ids are wanted');
});
