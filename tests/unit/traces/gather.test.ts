import { expect, test } from 'vitest';
import { createCollector } from '../../../services/traces/collector.ts';
import { gatherSpans, type Gathering } from '../../../services/traces/gather.ts';
import { createTraceStore } from '../../../services/traces/store.ts';
import type { Span } from '../../../shared/trace/span.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { remoteCall, span } from './given.ts';

const names = ['client-1', 'app-1', 'database-1', 'idle-1'];
const hop = (node: string, peer: string, parentId: string, id: string) =>
  remoteCall({
    node,
    peer,
    parentId,
    id,
    component: peer.replace('-1', ''),
    startMs: 0,
    durationMs: 8,
    servedMs: 4,
    peerClockMs: 0,
  });
/** client-1 calls app-1, which calls database-1. */
const path = [
  span({ kind: 'request', node: 'client-1', spanId: 'root', operation: 'GET /search' }),
  ...hop('client-1', 'app-1', 'root', 'c1'),
  ...hop('app-1', 'database-1', 'c1-served', 'c2'),
];

/** Nodes that remember `spans`, but for those that `answers` names. */
function nodesThat(spans: readonly Span[], answers: Readonly<Record<string, unknown>> = {}) {
  const asked: string[] = [];
  const silent: string[] = [];
  const gathering: Gathering = {
    nodes: names.map((id, i) => ({ id, host: id, opsPort: i })),
    async control({ host }, { body }) {
      asked.push(host);
      const { [host]: own } = answers;
      if (own instanceof Error) throw own;
      const { ids } = body as { ids: string[] };
      return own ?? { spans: spans.filter((it) => it.node === host && ids.includes(it.traceId)) };
    },
    onSilent: (node) => void silent.push(node),
  };
  return { gathering, asked, silent };
}

test.each<[string, Readonly<Record<string, unknown>>, readonly string[], readonly string[], readonly string[]]>([
  ['all nodes answer', {}, ['client-1', 'app-1', 'database-1'], [], ['client-1', 'app-1', 'database-1']],
  [
    'the last node has gone',
    { 'database-1': new Error('refused') },
    ['client-1', 'app-1', 'database-1'],
    ['database-1'],
    ['client-1', 'app-1'],
  ],
  ['a node in the middle has gone', { 'app-1': new Error('refused') }, ['client-1', 'app-1'], ['app-1'], ['client-1']],
  ['a node gives nonsense', { 'app-1': { spans: [{ kind: 'x' }] } }, ['client-1', 'app-1'], ['app-1'], ['client-1']],
  [
    'a node speaks for another one',
    { 'app-1': { spans: [span({ kind: 'call', node: 'database-1', peer: 'idle-1' })] } },
    ['client-1', 'app-1'],
    [],
    ['client-1'],
  ],
])('gathering asks along the calls, each node once: %s', async (_, answers, askedWanted, silentWanted, from) => {
  const { gathering, asked, silent } = nodesThat(path, answers);
  const spans = await gatherSpans(['t'], ['client-1'], gathering);
  expect({ asked, silent }).toEqual({ asked: askedWanted, silent: silentWanted });
  expect([...new Set(spans.map(({ node }) => node))]).toEqual(from);
});

test('a trace with a node that is no longer in the topology is gathered without it', async () => {
  const { gathering, asked } = nodesThat(path);
  const nodes = gathering.nodes.filter(({ id }) => id !== 'app-1');
  expect(await gatherSpans(['t'], ['client-1', 'client-1'], { ...gathering, nodes })).toHaveLength(3);
  expect(asked).toEqual(['client-1']);
});

/** A collector over nodes that remember `spans`. */
function collecting(spans: readonly Span[], answers: Readonly<Record<string, unknown>> = {}) {
  const { gathering, asked, silent } = nodesThat(spans, answers);
  const sim = createSimulation('collector');
  const store = createTraceStore();
  const seen = { dropped: 0, missing: 0 };
  const collector = createCollector({
    ...gathering,
    ...sim,
    store,
    onDropped: (traces) => void (seen.dropped += traces),
    onTraces(traces) {
      for (const { missingSpans } of traces) seen.missing += missingSpans;
    },
  });
  return { collector, sim, store, seen, asked, silent };
}

const kept = (traceId: string) => ({ traceId, because: 'slow' as const, endedAgoMs: 1_000 });

test.each<[string, readonly Span[], Readonly<Record<string, unknown>>, { dropped: number; missing: number }, number]>([
  ['whole', path, {}, { dropped: 0, missing: 0 }, 7],
  ['without a node that has gone', path, { 'database-1': new Error('gone') }, { dropped: 0, missing: 1 }, 6],
  [
    'without a span that its node has overwritten',
    path.filter(({ spanId, kind }) => spanId !== 'c2' || kind !== 'call'),
    {},
    { dropped: 0, missing: 1 },
    4,
  ],
])('a kept trace is stored %s', async (_, spans, answers, seen, length) => {
  const it = collecting(spans, answers);
  it.collector.keep('client-1', [kept('t')]);
  await it.sim.run();
  expect(it.seen).toEqual(seen);
  expect(it.store.get('t')).toMatchObject({ because: 'slow', request: 'GET /search', spans: { length } });
});

test('traces that no node remembers are dropped, and so are more than one round holds', async () => {
  const { collector, sim, store, seen, asked } = collecting(path);
  collector.keep('client-1', [kept('t'), kept('forgotten')]);
  for (let i = 0; i < 4; i++)
    collector.keep(
      'client-1',
      Array.from({ length: 60 }, (_, j) => kept(`${i}-${j}`)),
    );
  expect(seen.dropped).toBe(242 - 200);
  await sim.run();
  expect({ stored: store.size(), dropped: seen.dropped }).toEqual({ stored: 1, dropped: 241 });
  expect(asked).toEqual(['client-1', 'app-1', 'database-1']);
});

test('an unknown id is asked of every node, and gives no trace', async () => {
  const { collector, asked, store } = collecting(path);
  expect(await collector.find('nobody')).toBeUndefined();
  expect(asked).toEqual(names);
  expect(store.size()).toBe(0);
  expect(await collector.find('t')).toMatchObject({ because: 'asked', hops: 2 });
  asked.length = 0;
  expect(await collector.find('r')).toMatchObject({ traceId: 't' });
  expect(asked).toEqual([]);
});
