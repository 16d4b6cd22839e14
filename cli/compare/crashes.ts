import { control } from '../../services/monitor/availability-report.ts';
import { type Style, styles } from '../../search/making.ts';
import { replicaGroup } from '../../shared/cluster/topology.ts';
import { shardOf } from '../../search/sharding.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { pageUrl, searchUrl } from '../../web/urls.ts';
import { CommandError } from '../errors.ts';
import { waitUntil } from '../wait-until.ts';
import type { OwnCluster } from '../own-cluster.ts';
import { doorUrls, queries } from './session.ts';

/** What users got while one node was down and nothing repaired it. */
export interface Crash {
  readonly node: string;
  /** The shares that were answered, from 0 to 1. */
  readonly searches: Readonly<Record<Style, number>>;
  readonly pages: number;
}

/** The requests of each kind: searches in each style, and pages. */
const requestsEach = 24;
const gapMs = 20;
/** The longest time that a user waits for an answer, ms. */
const patienceMs = 2_000;
const repairBoundMs = 30_000;

/** Crashes one node of each replica group that users need, one after the other, and sends searches while it is down. */
export async function crashEach(cluster: OwnCluster, onCrash: (node: string) => void): Promise<readonly Crash[]> {
  const pages = await somePages(cluster);
  const crashes: Crash[] = [];
  for (const [first] of Map.groupBy(cluster.topology.nodes, replicaGroup).values()) {
    if (first!.components.every((name) => control.has(name))) continue;
    onCrash(first!.id);
    crashes.push(await crash(cluster, first!.id, pages));
  }
  return crashes;
}

async function crash(cluster: OwnCluster, node: string, pages: readonly string[]): Promise<Crash> {
  const { client } = doorUrls(cluster);
  const pid = await pidOf(cluster, node);
  if (!pid) throw new CommandError(`${node} does not run: it cannot be crashed`);
  const kinds = [...styles, 'pages'] as const;
  const pathsOf = (kind: (typeof kinds)[number]): readonly string[] =>
    kind === 'pages' ? pages.map(pageUrl) : queries.map((q) => searchUrl(q, { style: kind }));
  // While the watchdog is stopped, nothing starts the node again.
  process.kill(cluster.watchdogPid, 'SIGSTOP');
  try {
    process.kill(pid, 'SIGKILL');
    // The kinds take turns, because callers learn about the crash with each request.
    const answered = { 'object-based': 0, layered: 0, pages: 0 };
    const asked: Promise<void>[] = [];
    for (let i = 0; i < requestsEach; i++)
      for (const kind of kinds) {
        const paths = pathsOf(kind);
        const url = client[i % client.length]! + paths[i % paths.length]!;
        asked.push(isAnswered(url).then((yes) => void (answered[kind] += yes ? 1 : 0)));
        await sleep(systemScheduler, gapMs);
      }
    await Promise.all(asked);
    const share = (kind: keyof typeof answered): number => answered[kind] / requestsEach;
    const searches = { 'object-based': share('object-based'), layered: share('layered') };
    return { node, searches, pages: share('pages') };
  } finally {
    process.kill(cluster.watchdogPid, 'SIGCONT');
    await untilServing(cluster, node, pid, pages);
  }
}

const isAnswered = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(patienceMs) }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );

async function pidOf(cluster: OwnCluster, node: string): Promise<number | null | undefined> {
  const { nodes } = await cluster.status();
  return nodes.find(({ id, state }) => id === node && state === 'ready')?.pid;
}

/**
 * Waits until the node serves again, and every client answers searches in both styles and a page of each shard.
 * Otherwise, requests that still fail would be counted against the next node.
 */
async function untilServing(
  cluster: OwnCluster,
  node: string,
  oldPid: number,
  pages: readonly string[],
): Promise<void> {
  const { shards } = cluster.topology;
  const onePerShard = [...Map.groupBy(pages, (id) => shardOf(id, shards)).values()].map(([id]) => pageUrl(id!));
  const paths = [...styles.map((style) => searchUrl('dog', { style })), ...onePerShard];
  const urls = doorUrls(cluster).client.flatMap((door) => paths.map((it) => door + it));
  const look = async (): Promise<true | undefined> => {
    const pid = await pidOf(cluster, node).catch(() => undefined);
    if (!pid || pid === oldPid) return undefined;
    return (await Promise.all(urls.map(isAnswered))).every(Boolean) || undefined;
  };
  const late = `${node} was not started again in ${repairBoundMs / 1_000} s`;
  await waitUntil(look, { boundMs: repairBoundMs, everyMs: 50, late });
}

/** Pages of all shards: those that searches found. */
async function somePages(cluster: OwnCluster): Promise<readonly string[]> {
  const { gateway } = doorUrls(cluster);
  const ids = new Set<string>();
  for (const q of queries) {
    const response = await fetch(`${gateway}/api/search?q=${encodeURIComponent(q)}&size=10`);
    const { results } = (await response.json()) as { readonly results: readonly { readonly id: string }[] };
    for (const { id } of results) ids.add(id);
  }
  if (ids.size === 0) throw new CommandError('no search found a page: are these pages the data set of Tierlab?');
  return [...ids];
}
