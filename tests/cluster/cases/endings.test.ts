import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../../../cli/paths.ts';
import { dataFolder, freePortBase, isAlive, startCluster, tierlab, until } from '../../support/cluster.ts';
import { processTree, stillRunning, type ProcessRow } from '../../support/process-tree.ts';
import { clusterForAll, twoPages } from '../../support/two-pages.ts';

const dataDir = await dataFolder(twoPages);

interface NpmRun {
  readonly npm: ChildProcess;
  readonly output: () => string;
  readonly tree: () => readonly ProcessRow[];
}

/** `npm run SCRIPT -- ARGS`, in a process group of its own. Whatever is left of it is killed after the test. */
function npmRun(script: string, ...args: readonly string[]): NpmRun {
  const npm = spawn('npm', ['run', script, '--', ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let seen: readonly ProcessRow[] = [];
  const tree = () => (seen = processTree(npm.pid!));
  onTestFinished(() => {
    for (const { pid } of stillRunning([...seen, ...processTree(npm.pid!)])) process.kill(pid, 'SIGKILL');
  });
  return { npm, output: () => output, tree };
}

const runFile = (portBase: number): string => path.join(dataDir, 'run', String(portBase), 'cluster.json');
const logOf = (portBase: number, node: string): string =>
  readFileSync(path.join(dataDir, 'run', String(portBase), 'logs', `${node}.log`), 'utf8');

/** The process of a chain that gets the signal, by a word of its command line. */
const who = { npm: /^npm|npm-cli|\/npm /, command: /tierlab\.js|cli\/main\.ts/, runner: /tsx/ } as const;

test.each([
  ['start', [], 'npm', 'SIGTERM', 'tiny'],
  ['start', [], 'npm', 'SIGINT', 'single-server'],
  ['start', [], 'npm', 'SIGHUP', 'tiny'],
  ['start', [], 'npm', 'SIGKILL', 'single-server'],
  ['start', [], 'command', 'SIGHUP', 'single-server'],
  ['start', [], 'command', 'SIGQUIT', 'single-server'],
  ['tierlab', ['up'], 'npm', 'SIGTERM', 'single-server'],
  ['tierlab', ['up'], 'npm', 'SIGHUP', 'single-server'],
  ['tierlab', ['up'], 'command', 'SIGTERM', 'single-server'],
  ['dev', [], 'npm', 'SIGTERM', 'single-server'],
  ['dev', [], 'npm', 'SIGHUP', 'single-server'],
  ['dev', [], 'runner', 'SIGINT', 'single-server'],
] as const)(
  'P1: npm run %s %j ends in an orderly way when %s gets %s (%s)',
  async (script, args, whom, signal, topology) => {
    const portBase = await freePortBase();
    const run = npmRun(script, ...args, '--topology', topology, '--data', dataDir, '--port-base', String(portBase));
    await until(() => /nodes? ready in/.test(run.output()), 50_000);
    const before = run.tree();
    const target = before.find(({ command }) => who[whom].test(command))!;
    process.kill(target.pid, signal);
    await until(() => stillRunning(before).length === 0, 15_000);
    expect(existsSync(runFile(portBase))).toBe(false);
    expect(logOf(portBase, topology === 'tiny' ? 'ranking-1' : 'server-1')).toMatch(/"why":"SIGTERM".*"stopping"/);
  },
);

describe('beside a cluster', () => {
  const cluster = clusterForAll(dataDir, 'tiny');

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
    'P1: "incidents --watch" ends when its npm gets %s, and the cluster goes on',
    async (signal) => {
      const run = npmRun('tierlab', 'incidents', '--watch', ...cluster().flags);
      // Its first line names the monitor whose incidents it prints.
      await until(() => run.output().includes('monitor-1'), 20_000);
      const before = run.tree();
      run.npm.kill(signal);
      await until(() => stillRunning(before).length === 0, 5_000);
      expect((await cluster().nodes()).every(({ state }) => state === 'ready')).toBe(true);
    },
  );
});

test('P1: a watchdog that is killed leaves no node for long, not even one that a fault has stopped', async () => {
  const cluster = await startCluster({ dataDir, topology: 'tiny', env: { TIERLAB_CHAOS: '1' } });
  const nodes = await cluster.nodes();
  const fault = ['stop.hang', '--target', 'ranking-1', '--ttl', '5m', '--beyond-tolerance', '--abort-error-share', '1'];
  await until(async () => (await tierlab('chaos', 'inject', ...fault, ...cluster.flags)).code === 0);
  const stopped = nodes.find(({ id }) => id === 'ranking-1')!;
  await until(() => processTree(stopped.pid!)[0]?.state === 'T');
  await cluster.stop('SIGKILL');
  await until(() => nodes.every(({ pid }) => !isAlive(pid!)), 5_000);
});

/** `tierlab up` at a terminal of its own (script(1)); `close` closes that terminal. */
async function atTerminal(portBase: number): Promise<{ readonly run: NpmRun; readonly close: () => void }> {
  const command = `npm run start -- --topology single-server --data ${dataDir} --port-base ${portBase}`;
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  terminal.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const tree = () => processTree(terminal.pid!);
  await until(() => /nodes? ready in/.test(output), 50_000);
  return {
    run: { npm: terminal, output: () => output, tree },
    close: () => terminal.kill('SIGKILL'),
  };
}

test('P2: a closed terminal ends the cluster in an orderly way', async () => {
  const portBase = await freePortBase();
  const { run, close } = await atTerminal(portBase);
  const before = run.tree();
  onTestFinished(() => stillRunning(before).forEach(({ pid }) => process.kill(pid, 'SIGKILL')));
  close();
  await until(() => stillRunning(before).length === 0, 15_000);
  expect(existsSync(runFile(portBase))).toBe(false);
  expect(logOf(portBase, 'server-1')).toMatch(/"why":"SIGTERM".*"stopping"/);
});

test('P2: a cluster that was started with --detach outlives the npm that started it', async () => {
  const portBase = await freePortBase();
  const flags = ['--data', dataDir, '--port-base', String(portBase)];
  const run = npmRun('tierlab', 'up', '--detach', '--topology', 'single-server', ...flags);
  const left = await new Promise<number | null>((resolve) => run.npm.once('exit', resolve));
  try {
    expect(left).toBe(0);
    // A process that watches its parent checks it every 200 ms (shared/parent-watch.mjs).
    const waitedAt = performance.now() + 600;
    await until(() => performance.now() > waitedAt);
    expect(await tierlab('status', '--port-base', String(portBase))).toMatchObject({ code: 0 });
  } finally {
    expect(await tierlab('down', ...flags)).toMatchObject({ code: 0 });
  }
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGKILL'] as const)(
  'P2: %s to the npm of a start with --detach, before the cluster is ready, leaves nothing behind',
  async (signal) => {
    const portBase = await freePortBase();
    // A watchdog that an earlier test killed has left its file.
    rmSync(runFile(portBase), { force: true });
    const flags = ['--data', dataDir, '--port-base', String(portBase)];
    const run = npmRun('tierlab', 'up', '--detach', '--topology', 'tiny', ...flags);
    const waiting = () => run.tree().filter(({ command }) => /tierlab\.js.* up /.test(command));
    // Until it runs its own command, the process in the background shows that of the process that started it.
    await until(() => waiting().some(({ command }) => !command.includes('--detach')), 20_000);
    const before = run.tree();
    run.npm.kill(signal);
    await until(() => stillRunning(before).length === 0, 15_000);
    expect(existsSync(runFile(portBase))).toBe(false);
    expect(await tierlab('status', '--port-base', String(portBase))).toMatchObject({ code: 1 });
  },
);

test('P2: output that nobody reads any more ends the cluster in an orderly way', async () => {
  const portBase = await freePortBase();
  const run = npmRun('start', '--topology', 'single-server', '--data', dataDir, '--port-base', String(portBase));
  await until(() => /nodes? ready in/.test(run.output()), 50_000);
  const before = run.tree();
  run.npm.stdout!.destroy();
  run.npm.stderr!.destroy();
  const node = before.find(({ command }) => command.includes('run-node'))!;
  // The watchdog wants to say that the node ended, and finds its reader gone.
  process.kill(node.pid, 'SIGKILL');
  await until(() => stillRunning(before).length === 0, 15_000);
  expect(existsSync(runFile(portBase))).toBe(false);
});
