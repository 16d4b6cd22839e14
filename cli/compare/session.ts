import { readFile } from 'node:fs/promises';
import type { Trace } from '../../services/traces/contract.ts';
import { type Relation, whoCalledWhom } from '../../services/traces/who-called-whom.ts';
import { Style } from '../../search/making.ts';
import type { TopologyNode } from '../../shared/cluster/topology.ts';
import { searchUrl } from '../../web/urls.ts';
import { CommandError } from '../errors.ts';
import { waitUntil } from '../wait-until.ts';
import { askPort } from '../watchdog-client.ts';
import type { OwnCluster } from '../own-cluster.ts';

/** What users search for: rare and frequent words, phrases, exclusions, a spelling mistake. */
export const queries: readonly string[] = [
  'dog',
  'domestic cat',
  'river bank',
  '"hot dog"',
  'computer program',
  'music -rock',
  'tree',
  'white house',
  'quick brown fox',
  'title:bank',
  'elefant',
  'the capital of france',
];

/** A trace can be read when every node has answered and the collector has asked them, ms. */
const traceBoundMs = 5_000;

/** The relations of the components, from the traces of the queries in one style. */
interface TracedStyle {
  readonly style: Style;
  readonly traces: number;
  readonly relations: readonly Relation[];
}

export interface SessionFigures {
  /** For each search: the calls from one node to another, by its trace; empty where the topology keeps no traces. */
  readonly hops: readonly number[];
  /** For each search: the bytes that all processes wrote, by the kernel's counters; undefined where it has none. */
  readonly bytes: number | undefined;
  /** Who called whom in each style; empty where the topology keeps no traces. */
  readonly styles: readonly TracedStyle[];
  /** The answers of the public API, without the nodes and the times. */
  readonly answers: readonly string[];
}

/** One user asks each query once, at the client's door, and waits for each answer. */
export async function runSession(cluster: OwnCluster): Promise<SessionFigures> {
  const { client, gateway } = doorUrls(cluster);
  // Twice, so that no answer depends on what was learnt from the first ones.
  for (const q of [...queries, ...queries]) await page(client[0]!, q);
  const before = await bytesWritten(cluster);
  const ids: string[] = [];
  for (const [i, q] of queries.entries()) ids.push(await page(client[i % client.length]!, q));
  const after = await bytesWritten(cluster);
  const { topology } = cluster;
  const collector = topology.nodes.find(({ components }) => components.includes('traces'));
  const tracesOf = async (requests: readonly string[]): Promise<readonly Trace[]> => {
    const traces: Trace[] = [];
    if (collector) for (const id of requests) traces.push(await traceOf(collector, id));
    return traces;
  };
  const own = await tracesOf(ids);
  const styles: TracedStyle[] = [];
  for (const { const: style } of collector ? Style.anyOf : []) {
    const traces = style === topology.style ? own : await tracesOf(await askInStyle(client[0]!, style));
    styles.push({ style, traces: traces.length, relations: whoCalledWhom(traces) });
  }
  const answers: string[] = [];
  for (const q of queries) answers.push(await answerOf(gateway, q));
  const bytes = before === undefined || after === undefined ? undefined : (after - before) / queries.length;
  return { hops: own.map(({ hops }) => hops), bytes, styles, answers };
}

/** The ids of the requests. Each query is asked once before, so that its trace has no work of a first time. */
async function askInStyle(door: string, style: Style): Promise<readonly string[]> {
  for (const q of queries) await page(door, q, style);
  const ids: string[] = [];
  for (const q of queries) ids.push(await page(door, q, style));
  return ids;
}

/** The addresses of the public doors: of every client, and of one gateway. */
export function doorUrls({ topology }: OwnCluster): { readonly client: readonly string[]; readonly gateway: string } {
  const doors = (component: string): string[] =>
    topology.nodes.flatMap(({ host, doors }) =>
      doors[component] === undefined ? [] : [`http://${host}:${doors[component]}`],
    );
  const [gateway] = doors('gateway');
  const client = doors('client');
  if (gateway === undefined || client.length === 0)
    throw new CommandError(`topology ${topology.name} has no client and gateway: no user can reach it`);
  return { client, gateway };
}

/** The id of the request. */
async function page(door: string, q: string, style?: Style): Promise<string> {
  const response = await fetch(door + searchUrl(q, { style }));
  await response.arrayBuffer();
  if (!response.ok) throw new CommandError(`the search for ${q} failed with status ${response.status}`);
  return response.headers.get('x-request-id') ?? '';
}

async function answerOf(door: string, q: string): Promise<string> {
  const text = await (await fetch(`${door}/api/search?q=${encodeURIComponent(q)}`)).text();
  return text.replace(/"tookMs":[\d.]+,/, '').replace(/"servedBy":\[[^\]]*\],?/, '');
}

async function traceOf({ host, publicPort: port }: TopologyNode, id: string): Promise<Trace> {
  const look = async (): Promise<Trace | undefined> => {
    const asked = askPort({ host, port }, `/api/traces/${id}`, { timeoutMs: 2_000 });
    const trace = (await asked.catch(() => undefined)) as Trace | undefined;
    return trace?.missingSpans === 0 ? trace : undefined;
  };
  const late = `the trace of request ${id} was not complete after ${traceBoundMs / 1_000} s`;
  return waitUntil(look, { boundMs: traceBoundMs, everyMs: 50, late });
}

/** The bytes that all nodes have written, nearly all to sockets. Only Linux counts them. */
async function bytesWritten(cluster: OwnCluster): Promise<number | undefined> {
  const { nodes } = await cluster.status();
  const counts = await Promise.all(
    nodes
      .filter(({ pid }) => pid !== null)
      .map(async ({ pid }) => {
        const text = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => '');
        return /^wchar: (\d+)$/m.exec(text)?.[1];
      }),
  );
  return counts.includes(undefined) ? undefined : counts.reduce((sum, count) => sum + Number(count), 0);
}
