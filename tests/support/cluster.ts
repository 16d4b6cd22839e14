import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { portSpan } from '../../shared/cluster/ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

export { isAlive } from '../../shared/is-alive.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const entry = path.join(root, 'dist/tierlab.js');

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tierlab ...args` to its end. */
export async function tierlab(...args: readonly string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return collect(child);
}

async function collect(child: ChildProcess): Promise<CommandResult> {
  const output = Promise.all([text(child.stdout!), text(child.stderr!)]);
  const [code] = (await once(child, 'close')) as [number | null];
  const [stdout, stderr] = await output;
  return { code: code ?? -1, stdout, stderr };
}

/** One page in the format that `tierlab import` reads. */
export interface TestPage {
  readonly id: string;
  readonly title: string;
  readonly body?: string;
  readonly keywords?: readonly string[];
  readonly links?: readonly (string | { readonly id: string; readonly relation: string })[];
}

/** A temporary data folder that holds only these pages (WordNet when there are none). */
export async function dataFolder(pages?: readonly TestPage[]): Promise<string> {
  const dir = temporaryFolder();
  if (pages) {
    const file = path.join(dir, 'pages.jsonl');
    writeFileSync(file, pages.map((page) => JSON.stringify(page)).join('\n'));
    const result = await tierlab('import', file, '--replace', '--data', dir);
    if (result.code !== 0) throw new Error(result.stderr);
  }
  return dir;
}

/**
 * A port base whose ports are all free now. At most three test files run at the same time. Each takes its bases from
 * its own third of the range, so they never get the same one. `tierlab
 * compare` begins at the other end of the range.
 */
export async function freePortBase(): Promise<number> {
  const third = Number(process.env['VITEST_POOL_ID'] ?? 0) % 3;
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 10_000 + 1_700 * (3 * Math.floor(Math.random() * 4) + third);
    const probes = [0, 100, 101, 1_000, 1_080, 1_090, 1_100, 1_500, 1_580];
    const free = await Promise.all(probes.map((offset) => canListen(base + offset)));
    if (base + portSpan < 32_000 && free.every(Boolean)) return base;
  }
  throw new Error('no free ports');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

export interface NodeRow {
  readonly id: string;
  readonly components: readonly string[];
  readonly port: number;
  readonly opsPort: number;
  readonly pid: number | null;
  readonly state: string;
  readonly restarts: number;
}

/** A cluster that a test declares with `await using` ends with the test. */
export interface TestCluster extends AsyncDisposable {
  readonly portBase: number;
  readonly dataDir: string;
  readonly client: string;
  readonly gateway: string;
  readonly console: string;
  /** The options by which a command finds this cluster. */
  readonly flags: readonly string[];
  /** The folder of its run file and logs. */
  readonly runDir: string;
  readonly process: ChildProcess;
  /** All output so far. */
  readonly output: () => string;
  readonly nodes: () => Promise<readonly NodeRow[]>;
  readonly node: (id: string) => Promise<NodeRow>;
  /** Sends Ctrl-C; resolves with the exit code when the process has ended. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number>;
}

export interface StartOptions {
  readonly dataDir: string;
  readonly topology?: string;
  readonly portBase?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly boundMs?: number;
}

const started: TestCluster[] = [];
afterAll(() => Promise.all(started.map((cluster) => cluster.stop('SIGTERM'))));

/**
 * Runs `tierlab up` as a user would; resolves when every node is ready. When that fails, it stops the cluster again.
 * A cluster that no test has stopped is stopped after all tests of the file.
 * Another program can take a port between the search for free ones and the start; then other ports are tried.
 */
export async function startCluster(options: StartOptions): Promise<TestCluster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (options.portBase !== undefined || attempt === 3 || !/port \d+ .* is taken/.test(String(error))) throw error;
    }
  }
}

async function startOnce(options: StartOptions): Promise<TestCluster> {
  if (!existsSync(entry)) throw new Error('dist/tierlab.js is missing: npm run build makes it');
  const { dataDir, topology = 'tiny', boundMs = 110_000, env = {} } = options;
  const portBase = options.portBase ?? (await freePortBase());
  const flags = ['--data', dataDir, '--port-base', String(portBase)];
  const args = [entry, 'up', '--topology', topology, ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = new Promise<number>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? (signal ? -1 : 0))),
  );
  const url = (offset: number): string => `http://127.0.0.1:${portBase + offset}`;
  const cluster: TestCluster = {
    portBase,
    dataDir,
    client: url(1_080),
    gateway: url(1_000),
    console: url(1_090),
    flags,
    runDir: path.join(dataDir, 'run', String(portBase)),
    process: child,
    output: () => output,
    nodes: async () => ((await (await fetch(url(0) + '/status')).json()) as { nodes: NodeRow[] }).nodes,
    node: async (id) => (await cluster.nodes()).find((node) => node.id === id)!,
    async stop(signal = 'SIGINT') {
      child.kill(signal);
      return exit;
    },
    async [Symbol.asyncDispose]() {
      await cluster.stop('SIGTERM');
    },
  };
  try {
    await until(async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended: ${output}`);
      return /nodes? ready in/.test(output);
    }, boundMs);
    started.push(cluster);
    return cluster;
  } catch (error) {
    await cluster.stop('SIGTERM');
    throw error;
  }
}

/**
 * Waits for a condition, with a time limit, and returns the condition's value. An error thrown by the condition ends
 * the wait.
 */
export async function until<T>(condition: () => Promise<T> | T, boundMs = 10_000): Promise<T> {
  const giveUpAt = performance.now() + boundMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > giveUpAt)
      throw new Error(`not within ${boundMs} ms: ${condition.toString().slice(0, 200)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
