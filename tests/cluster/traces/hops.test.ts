import { expect, test } from 'vitest';
import type { Trace } from '../../../services/traces/contract.ts';
import { dataFolder, startCluster, until } from '../../support/cluster.ts';

const pages = ['dog', 'cat'].map((id) => ({ id, title: `a ${id}`, body: `the ${id} sleeps` }));

test('the trace of a search has one hop for each call between nodes', async () => {
  const cluster = await startCluster({ dataDir: await dataFolder(pages), topology: 'tiny' });
  const nodes = await cluster.nodes();
  const componentsOf = (node: string | undefined) => nodes.find(({ id }) => id === node)?.components ?? [];
  const response = await fetch(`${cluster.gateway}/api/search?q=dog`);
  expect(await response.json()).toMatchObject({ total: 1 });
  const id = response.headers.get('x-request-id')!;
  const found = await until<Trace | undefined>(async () => {
    const answer = await fetch(`${cluster.console}/api/traces/${id}`);
    return answer.ok ? ((await answer.json()) as Trace) : undefined;
  });

  const trace = found!;
  expect(trace).toMatchObject({ requestId: id, outcome: 'ok', missingSpans: 0, extraAttempts: 0 });
  const { spans, hops, durationMs } = trace;
  expect(spans[0]).toMatchObject({ kind: 'request', node: 'gateway-1', depth: 0 });
  const attempts = spans.filter(({ kind }) => kind === 'attempt');
  for (const { node, component, peer } of attempts) {
    expect(componentsOf(peer)).toContain(component);
    expect(peer).not.toBe(node);
  }
  // One node of each tier: every call of the search goes to another process.
  expect(attempts.map(({ node, peer, operation }) => `${node} > ${peer} ${operation}`)).toEqual([
    'gateway-1 > app-1 search',
    'app-1 > query-1 plan',
    'app-1 > database-1 find',
    'app-1 > ranking-1 rank',
  ]);
  expect(hops).toBe(4);
  for (const { parent, node, startMs, kind } of spans.slice(1)) {
    const cause = spans[parent!]!;
    expect(startMs).toBeGreaterThanOrEqual(cause.startMs);
    if (kind !== 'serve') expect(node).toBe(cause.node);
    else expect(node).toBe(cause.peer ?? cause.node);
  }
  expect(Math.max(...spans.map(({ startMs }) => startMs))).toBeLessThanOrEqual(durationMs);
  expect(await cluster.stop()).toBe(0);
});
