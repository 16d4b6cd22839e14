import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { askControl } from '../../../shared/control/client.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';

export const entry = fileURLToPath(new URL('../../../dist/tierlab.js', import.meta.url));

/** Far from the default ports, and below the system's range for outgoing connections (from 32768). */
export const benchPortBase = 26_000;
export const gatewayUrl = `http://127.0.0.1:${benchPortBase + 1_000}`;

export interface NodeRow {
  readonly id: string;
  readonly components: readonly string[];
  readonly port: number;
  readonly opsPort: number;
  readonly pid: number;
  readonly state: string;
}

/** A cluster that ends with the block that started it. */
export interface BenchCluster extends AsyncDisposable {
  readonly process: ChildProcess;
}

/** A data folder that is removed at the end of the block that made it. */
export interface DataFolder extends Disposable {
  readonly dir: string;
}

/** The folder is removed when this process ends, at the latest. */
export function temporaryData(): DataFolder {
  const dir = mkdtempSync(path.join(tmpdir(), 'tierlab-bench-'));
  const removeNow = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', removeNow);
  return {
    dir,
    [Symbol.dispose]() {
      process.off('exit', removeNow);
      removeNow();
    },
  };
}

const datasets = new Map<number, string>();

/** A fresh data folder with only the data set of so many shards. A run builds each data set once, and copies it. */
export async function dataWithDataset(shards: number): Promise<DataFolder> {
  if (!datasets.has(shards)) {
    const { dir } = temporaryData();
    await run('dataset', '--data', dir, '--shards', String(shards));
    datasets.set(shards, dir);
  }
  const data = temporaryData();
  cpSync(datasets.get(shards)!, data.dir, { recursive: true });
  return data;
}

/** A child that still runs when this process ends is ended, too. */
function endsWithThis(child: ChildProcess): void {
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** Runs one command to its end. When it fails, throws with its output. */
export async function run(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  endsWithThis(child);
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`tierlab ${args[0]} ended with ${code}: ${words.slice(-500)}`);
}

const controlTimeoutMs = 5_000;

/** Posts orders to the control ports of the running cluster, with the token of its operator. */
export function postControl(dataDir: string) {
  const runFile = path.join(dataDir, 'run', String(benchPortBase), 'cluster.json');
  const { token } = JSON.parse(readFileSync(runFile, 'utf8')) as { token: string };
  return (port: number, where: string, body: unknown = {}): Promise<unknown> =>
    askControl({ host: '127.0.0.1', port }, { method: 'POST', path: where, body, token, timeoutMs: controlTimeoutMs });
}

/** Sets the policy of every node. */
export async function setPolicy(dataDir: string, policy: unknown): Promise<void> {
  const post = postControl(dataDir);
  await Promise.all((await nodes()).map(({ opsPort }) => post(opsPort, '/admin/policy', policy)));
}

/** Starts `tierlab up` and returns at once. */
export function up(dataDir: string, topology: string, ...flags: string[]): BenchCluster {
  const args = ['up', '--data', dataDir, '--port-base', String(benchPortBase), '--topology', topology, ...flags];
  const child = spawn(process.execPath, [entry, ...args], { stdio: 'ignore' });
  endsWithThis(child);
  return {
    process: child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Asks without pauses until the answer is right, and returns the time that this took, ms. Throws after `boundMs`. */
export async function firstCorrectSearch(url: string, since: number, boundMs = 120_000): Promise<number> {
  for (;;) {
    const answer = await fetch(`${url}/api/search?q=%22domestic+dog%22`).then(
      (response) => response.json() as Promise<{ results?: readonly { title: string }[] }>,
      () => undefined,
    );
    if (answer?.results?.some(({ title }) => title.includes('domestic dog'))) return performance.now() - since;
    if (performance.now() - since > boundMs) throw new Error(`no correct search in ${boundMs} ms`);
    await sleep(systemScheduler, 5);
  }
}

export async function nodes(): Promise<readonly NodeRow[]> {
  const response = await fetch(`http://127.0.0.1:${benchPortBase}/status`);
  return ((await response.json()) as { nodes: readonly NodeRow[] }).nodes;
}

/** The sum of a metric over nodes, from the lines that match. */
export async function sumOfMetric(at: readonly NodeRow[], line: RegExp): Promise<number> {
  const texts = await Promise.all(
    at.map(async ({ opsPort }) => (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()),
  );
  const lines = texts.flatMap((text) => text.split('\n')).filter((each) => line.test(each));
  return lines.reduce((sum, each) => sum + Number(each.split(' ').at(-1)), 0);
}

/** Waits until all nodes are ready. */
export async function allReady(count: number, boundMs = 120_000): Promise<readonly NodeRow[]> {
  const since = performance.now();
  for (;;) {
    const rows = await nodes().catch(() => []);
    if (rows.length === count && rows.every(({ state }) => state === 'ready')) return rows;
    if (performance.now() - since > boundMs) throw new Error(`not ready in ${boundMs} ms`);
    await sleep(systemScheduler, 20);
  }
}
