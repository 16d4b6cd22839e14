import { readFileSync } from 'node:fs';
import { cpuSeconds } from '../cpu.ts';
import { rowToGoal, type Row } from '../row.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { allReady, dataWithDataset, up, type NodeRow } from './cluster.ts';

/** So long the cluster may settle: then each process has given back the memory of its start, s. */
const settleSeconds = 10;
/** The length of each window of CPU time, s. */
const windowSeconds = 4;
const windows = 5;
const memoryGoalBytes = 1e9;
const cpuGoal = 0.05;
const openPages = 20;
const pagePairs = 5;
/** An idle console reads all nodes every five seconds. */
const pageWindowSeconds = 5;
const pagesGoal = 0.02;

/** Rows 6 and 17: the cost of the default topology without users. Linux only: it reads /proc. */
export async function idle(say: (line: string) => void): Promise<readonly Row[]> {
  using data = await dataWithDataset(2);
  await using cluster = up(data.dir, 'multitier');
  const nodes = await allReady(21);
  const pids = [cluster.process.pid!, ...nodes.map(({ pid }) => pid)];
  await seconds(settleSeconds);
  const shares: number[] = [];
  for (let i = 0; i < windows; i++) {
    shares.push(await shareOfCore(pids, () => Promise.all([seconds(windowSeconds), scrapeAll(nodes)])));
    say(ofCore(shares.at(-1)!));
  }
  const pages = await costOfPages(consoleOf(nodes), pids, say);
  const bytes = pids.map(proportionalBytes).reduce((sum, each) => sum + each, 0);
  return [
    rowToGoal(
      { row: 6, name: 'memory, idle: sum of proportional set sizes, watchdog included', goal: '1.0 GB' },
      [bytes],
      memoryGoalBytes,
      (value) => `${(value / 1e9).toFixed(2)} GB`,
    ),
    rowToGoal(
      { row: 17, name: 'idle cost: heartbeats, and every node scraped once in 4 s', goal: '5% of a core' },
      shares,
      cpuGoal,
      ofCore,
    ),
    rowToGoal(
      { row: 17, name: `${openPages} open pages of the console, beside none`, goal: '2% of a core' },
      pages,
      pagesGoal,
      ofCore,
    ),
  ];
}

const ofCore = (share: number): string => `${(share * 100).toFixed(1)}% of a core`;

const consoleOf = (nodes: readonly NodeRow[]): string =>
  `http://127.0.0.1:${nodes.find(({ components }) => components.includes('console'))!.port}`;

async function shareOfCore(pids: readonly number[], during: () => Promise<unknown>): Promise<number> {
  const [cpu, at] = [cpuSeconds(pids), performance.now()];
  await during();
  return (cpuSeconds(pids) - cpu) / ((performance.now() - at) / 1000);
}

/** The share of a core that open pages cost all processes: windows with pages and without, in turn. */
async function costOfPages(url: string, pids: readonly number[], say: (line: string) => void): Promise<number[]> {
  const share = () => shareOfCore(pids, () => seconds(pageWindowSeconds));
  // V8 compiles the code that answers the console, before the first measurement.
  const first = await open(url);
  await seconds(pageWindowSeconds);
  first.abort();
  const costs: number[] = [];
  for (let i = 0; i < pagePairs; i++) {
    const without = await share();
    const pages = await open(url);
    // A new page first gets the events of the past.
    await seconds(1);
    costs.push((await share()) - without);
    pages.abort();
    say(`${ofCore(costs.at(-1)!)} for ${openPages} open pages`);
  }
  return costs;
}

/** Pages that read all events until they are aborted. */
async function open(url: string): Promise<AbortController> {
  const pages = new AbortController();
  const { signal } = pages;
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const _ of stream);
  };
  for (let i = 0; i < openPages; i++) {
    const { body } = await fetch(`${url}/api/stream`, { signal });
    void read(body!).catch(() => undefined);
  }
  return pages;
}

const seconds = (count: number): Promise<void> => sleep(systemScheduler, count * 1000);

async function scrapeAll(nodes: readonly NodeRow[]): Promise<void> {
  await Promise.all(nodes.map(async ({ opsPort }) => (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()));
}

function proportionalBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)![1]) * 1024;
}
