import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchStatus } from '../../cli/watchdog-client.ts';
import { takenPorts } from '../../shared/cluster/watchdog/port-check.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { LabUnknownError } from '../runner/errors.ts';
import { type ClusterHandle, openCluster } from './cluster-handle.ts';
import { labPages } from './pages.ts';
import { makeFolder } from '../../shared/make-folder.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const host = '127.0.0.1';
const startBoundMs = 60_000;

export interface LabClusterOptions {
  readonly dir: string;
  readonly topology: object;
  /** How many of the labs' pages the data set has; the usual number where it is absent. */
  readonly pages?: number | undefined;
  readonly signal: AbortSignal;
  /** Called as soon as there is a process. */
  readonly onStart: (cluster: { readonly pid: number; readonly portBase: number }) => void;
}

export interface StartedCluster extends ClusterHandle {
  readonly stop: () => Promise<void>;
}

/** Starts a cluster of the lab's own, beside any other: own ports, own data. It ends with this process. */
export async function startLabCluster({
  dir,
  topology,
  pages,
  signal,
  onStart,
}: LabClusterOptions): Promise<StartedCluster> {
  makeFolder(dir);
  const topologyFile = path.join(dir, 'topology.json');
  writeFileSync(topologyFile, JSON.stringify({ summary: 'The cluster of a lab', ...topology }));
  await importPages(dir, pages);
  const portBase = await freePortBase();
  const args = ['up', '--topology', topologyFile, '--data', dir, '--port-base', String(portBase), '--chaos'];
  const child = run(args);
  const stop = (): Promise<void> => stopChild(child);
  try {
    onStart({ pid: child.pid!, portBase });
    await ready(child, signal);
    const { token } = JSON.parse(readFileSync(path.join(dir, 'run', String(portBase), 'cluster.json'), 'utf8')) as {
      token: string;
    };
    const { nodes } = await fetchStatus(portBase);
    const handle = await openCluster({ portBase, nodes, token, signal });
    return {
      ...handle,
      async stop() {
        handle.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs the `tierlab` command. TIERLAB_PARENT makes it end when this process ends in whatever way. */
const run = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [path.join(root, 'dist', 'tierlab.js'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TIERLAB_PARENT: String(process.pid), NO_COLOR: '1' },
  });

const mendThat = 'mend that, then run the lab again';

/** Why a command failed: the last line that it printed. A crash of Node.js prints the error above its stack. */
export function whyFailed(output: string): string {
  const lines = output.trim().split('\n');
  const last = lines.at(-1)!;
  const crash = last.startsWith('Node.js v') ? lines.findLast((line) => /^\w*Error\b/.test(line)) : undefined;
  return (crash ?? last).replace(/^tierlab: /, '').replace(/\.$/, '');
}

function ready(child: ChildProcess, signal: AbortSignal): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (why: string, next: string): void =>
      end(() => reject(new LabUnknownError(`the lab's cluster did not start: ${why}`, next)));
    const onAbort = (): void => end(() => reject(signal.reason as Error));
    const timer = systemScheduler.after(startBoundMs, () =>
      fail(`it was not ready within ${startBoundMs / 1_000} s`, 'close other programs, then run the lab again'),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    child.stderr!.on('data', (data: Buffer) => {
      output += data.toString();
      if (/nodes? ready in/.test(output)) end(resolve);
    });
    child.once('close', () => fail(whyFailed(output) || 'it ended', mendThat));
    if (signal.aborted) onAbort();
  });
}

/** Asks the process to end, and kills it after ten seconds. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = systemScheduler.after(10_000, () => child.kill('SIGKILL'));
  await ended;
  timer.cancel();
}

/** The labs' pages become the data set of `dir`, if they are not already. */
async function importPages(dir: string, pages: number | undefined): Promise<void> {
  const file = path.join(dir, 'pages.jsonl');
  const text = labPages(pages);
  const stamp = path.join(dir, 'imported');
  if (readOr(stamp) === String(text.length)) return;
  writeFileSync(file, text);
  const child = run(['import', file, '--replace', '--data', dir]);
  let output = '';
  child.stderr!.on('data', (data: Buffer) => (output += data.toString()));
  const code = await new Promise((resolve) => void child.once('close', resolve));
  rmSync(file);
  if (code !== 0) throw new LabUnknownError(`the lab's pages cannot be imported: ${whyFailed(output)}`, mendThat);
  writeFileSync(stamp, String(text.length));
}

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const tcp = (port: number) => ({ port, protocol: 'TCP' as const });

/** The first port base whose usual ports are free. */
async function freePortBase(): Promise<number> {
  const offsets = [0, 100, 101, 102, 103, 1_000, 1_080, 1_090, 1_100, 1_500];
  for (let base = 15_000; base < 30_000; base += 1_700) {
    const taken = await takenPorts(
      offsets.map((offset) => tcp(base + offset)),
      host,
    );
    if (taken.length === 0) return base;
  }
  throw new LabUnknownError('no port base between 15000 and 30000 is free', 'stop other clusters, then run it again');
}

/** Ends a cluster that a killed runner has left, and waits until its ports are free. */
export async function endLeftCluster({
  pid,
  portBase,
}: {
  readonly pid: number;
  readonly portBase: number;
}): Promise<void> {
  const isOurs = (): boolean => readOr(`/proc/${pid}/cmdline`)?.includes(String(portBase)) ?? false;
  const boundMs = 15_000;
  const askedAt = performance.now();
  let signalled: NodeJS.Signals | undefined;
  for (;;) {
    const tookMs = performance.now() - askedAt;
    const wanted = tookMs > boundMs / 2 ? 'SIGKILL' : 'SIGTERM';
    if (isOurs() && signalled !== wanted) {
      process.kill(pid, wanted);
      signalled = wanted;
    }
    const free =
      (
        await takenPorts(
          [0, 100, 1_100].map((offset) => tcp(portBase + offset)),
          host,
        )
      ).length === 0;
    if (!isOurs() && free) return;
    if (tookMs > boundMs)
      throw new LabUnknownError(`the cluster at port base ${portBase} (process ${pid}) does not end`, `kill -9 ${pid}`);
    await sleep(systemScheduler, 100);
  }
}
