import { expect, test } from 'vitest';
import type { TraceSpan } from '../../../services/traces/contract.ts';
import { styleOf, whoCalledWhom } from '../../../services/traces/who-called-whom.ts';

const span = (kind: TraceSpan['kind'], name: string, startMs: number, more: Partial<TraceSpan> = {}): TraceSpan => {
  const [component = '', operation = ''] = name.split('.');
  return { kind, component, operation, node: '', depth: 0, startMs, durationMs: 1, outcome: 'ok', ...more };
};

/**
 * The client calls the gateway in its own process; the gateway calls two shards in other processes, one of them twice.
 */
const search = (retries: number): { readonly spans: readonly TraceSpan[] } => ({
  spans: [
    span('request', 'client.GET /search', 0),
    span('call', 'gateway.search', 1, { parent: 0 }),
    span('attempt', 'gateway.search', 1, { parent: 1, local: true }),
    span('call', 'database.find', 2, { parent: 2, shard: 1 }),
    span('attempt', 'database.find', 2, { parent: 3 }),
    span('serve', 'database.find', 2, { parent: 4 }),
    span('call', 'database.find', 3, { parent: 2, shard: 2 }),
    ...Array.from({ length: retries }, () => span('attempt', 'database.find', 3, { parent: 6 })),
  ],
});

test('each call belongs to the component that waits for it, and attempts are not calls', () => {
  expect(whoCalledWhom([search(1), search(3)] as never)).toEqual([
    { caller: 'client', callee: 'gateway', operation: 'search', perSearch: 1, acrossNodes: 0 },
    { caller: 'gateway', callee: 'database', operation: 'find', perSearch: 2, acrossNodes: 2 },
  ]);
  expect(whoCalledWhom([])).toEqual([]);
});

test('what a replaced attempt did is no part of the search', () => {
  const [{ spans }] = [search(1)];
  const again = spans.slice(3, 6).map((one) => ({ ...one, replaced: true }));
  expect(whoCalledWhom([{ spans: [...spans, ...again] }] as never)).toEqual(whoCalledWhom([{ spans }] as never));
});

test('the calls of a search show its style', () => {
  const of = (...names: readonly string[]) => styleOf({ spans: names.map((name, i) => span('call', name, i)) });
  expect(of('html.search', 'ranking.search', 'query.search')).toBe('layered');
  expect(of('query.plan', 'database.find')).toBe('object-based');
  expect(of('html.results')).toBeUndefined();
});
