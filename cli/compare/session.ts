import { readFile } from 'node:fs/promises';
import type { Trace } from '../../services/traces/contract.ts';
import { type Relation, whoCalledWhom } from '../../services/traces/who-called-whom.ts';
import { type Style, styles } from '../../search/making.ts';
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

/** The longest wait until the collector has the spans of all nodes, ms. */
const traceBoundMs = 5_000;

/** What searches in one style showed. */
export interface StyleFigures {
  readonly style: Style;
  /** 0 where the topology keeps no traces. */
  readonly traces: number;
  /** For each trace: the calls from one node to another. */
  readonly hops: readonly number[];
  /** For each search: the bytes that all processes wrote, by the kernel's counters; undefined where it has none. */
  readonly bytes: number | undefined;
  /** Who called whom, from the traces. */
  readonly relations: readonly Relation[];
  /** The answers of the public API to the queries, without the nodes and the times. */
  readonly answers: readonly string[];
}

/** One user asks each query once in each style, at the doors of the clients, and waits for each answer. */
export async function runSession(cluster: OwnCluster): Promise<readonly StyleFigures[]> {
  const figures: StyleFigures[] = [];
  for (const style of styles) figures.push(await searchIn(style, cluster));
  return figures;
}

async function searchIn(style: Style, cluster: OwnCluster): Promise<StyleFigures> {
  const { client, gateway } = doorUrls(cluster);
  // From the first answers, callers learn things such as statistics. The measured searches must not depend on this.
  for (const q of [...queries, ...queries]) await page(client[0]!, q, style);
  const before = await bytesWritten(cluster);
  const ids: string[] = [];
  for (const [i, q] of queries.entries()) ids.push(await page(client[i % client.length]!, q, style));
  const after = await bytesWritten(cluster);
  const bytes = before === undefined || after === undefined ? undefined : (after - before) / queries.length;
  const collector = cluster.topology.nodes.find(({ components }) => components.includes('traces'));
  const traces: Trace[] = [];
  if (collector) for (const id of ids) traces.push(await traceOf(collector, id));
  const answers: string[] = [];
  for (const q of queries) answers.push(await answerOf(gateway, q, style));
  const hops = traces.map((trace) => trace.hops);
  return { style, traces: traces.length, hops, bytes, relations: whoCalledWhom(traces), answers };
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

/** Asks for a page of results. Resolves to the id of the request. */
async function page(door: string, q: string, style: Style): Promise<string> {
  const { headers } = await search(door + searchUrl(q, { style }));
  return headers.get('x-request-id') ?? '';
}

async function answerOf(door: string, q: string, style: Style): Promise<string> {
  const { text } = await search(`${door}/api${searchUrl(q, { style })}`);
  return text.replace(/"tookMs":[\d.]+,/, '').replace(/"servedBy":\[[^\]]*\],?/, '');
}

/** Throws CommandError for a failure: two equal failures are not the same answer. */
async function search(url: string): Promise<{ readonly headers: Headers; readonly text: string }> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new CommandError(`the search ${url} failed with status ${response.status}`);
  return { headers: response.headers, text };
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
