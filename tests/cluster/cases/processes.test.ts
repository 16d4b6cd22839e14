import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  dataFolder,
  freePortBase,
  isAlive,
  startCluster,
  tierlab,
  until,
  type TestPage,
} from '../../support/cluster.ts';
import { processTree, stillRunning, type ProcessRow } from '../../support/process-tree.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const entry = path.join(root, 'dist/tierlab.js');
const pages: TestPage[] = [
  { id: 'dog', title: 'dog', body: 'a domestic animal that barks', links: ['cat'] },
  { id: 'cat', title: 'cat', body: 'a domestic animal that purrs', links: ['dog'] },
];
let data: Awaited<ReturnType<typeof dataFolder>>;
beforeAll(async () => {
  data = await dataFolder(pages);
});
afterAll(() => data.remove());

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

const runFile = (portBase: number): string => path.join(data.dir, 'run', String(portBase), 'cluster.json');
const logOf = (portBase: number, node: string): string =>
  readFileSync(path.join(data.dir, 'run', String(portBase), 'logs', `${node}.log`), 'utf8');

/** The process of a chain that gets the signal, by a word of its command line. */
const who = { npm: /^npm|npm-cli|\/npm /, command: /tierlab\.js|cli\/main\.ts/, runner: /tsx/ } as const;

test.each([
  ['start', [], 'npm', 'SIGTERM', 'tiny'],
  ['start', [], 'npm', 'SIGINT', 'single-server'],
  ['start', [], 'npm', 'SIGHUP', 'tiny'],
  ['start', [], 'npm', 'SIGKILL', 'single-server'],
  ['start', [], 'command', 'SIGHUP', 'single-server'],
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
    const run = npmRun(script, ...args, '--topology', topology, '--data', data.dir, '--port-base', String(portBase));
    await until(() => /nodes? ready in/.test(run.output()), 50_000);
    const before = run.tree();
    const target = before.find(({ command }) => who[whom].test(command))!;
    process.kill(target.pid, signal);
    await until(() => stillRunning(before).length === 0, 15_000);
    expect(existsSync(runFile(portBase))).toBe(false);
    expect(logOf(portBase, topology === 'tiny' ? 'ranking-1' : 'server-1')).toMatch(/"why":"SIGTERM".*"stopping"/);
  },
);

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
  'P1: "incidents --watch" ends when its npm gets %s, and the cluster goes on',
  async (signal) => {
    const cluster = await startCluster({ dataDir: data.dir, topology: 'tiny' });
    onTestFinished(() => cluster.stop('SIGTERM').then(() => undefined));
    const run = npmRun('tierlab', 'incidents', '--watch', '--port-base', String(cluster.portBase));
    await until(() => /as monitor-1 sees it/.test(run.output()), 20_000);
    const before = run.tree();
    run.npm.kill(signal);
    await until(() => stillRunning(before).length === 0, 5_000);
    expect((await cluster.nodes()).every(({ state }) => state === 'ready')).toBe(true);
  },
);

test('P1: a watchdog that is killed leaves no node for long, not even one that a fault has stopped', async () => {
  const cluster = await startCluster({ dataDir: data.dir, topology: 'tiny', env: { TIERLAB_CHAOS: '1' } });
  const nodes = await cluster.nodes();
  const flags = ['--data', data.dir, '--port-base', String(cluster.portBase)];
  const fault = ['stop.hang', '--target', 'ranking-1', '--ttl', '5m', '--beyond-tolerance', '--abort-error-share', '1'];
  await until(async () => (await tierlab('chaos', 'inject', ...fault, ...flags)).code === 0);
  const stopped = nodes.find(({ id }) => id === 'ranking-1')!;
  await until(() => processTree(stopped.pid!)[0]?.state === 'T');
  await cluster.stop('SIGKILL');
  await until(() => nodes.every(({ pid }) => !isAlive(pid!)), 5_000);
});

/** `tierlab up` at a terminal of its own (script(1)); `close` closes that terminal. */
async function atTerminal(portBase: number): Promise<{ readonly run: NpmRun; readonly close: () => void }> {
  const command = `npm run start -- --topology single-server --data ${data.dir} --port-base ${portBase}`;
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
  const flags = ['--data', data.dir, '--port-base', String(portBase)];
  const run = npmRun('tierlab', 'up', '--detach', '--topology', 'single-server', ...flags);
  const left = await new Promise<number | null>((resolve) => run.npm.once('exit', resolve));
  try {
    expect(left).toBe(0);
    // Longer than the looks for a parent are apart (shared/parent-watch.mjs).
    const waitedAt = performance.now() + 600;
    await until(() => performance.now() > waitedAt);
    expect(await tierlab('status', '--port-base', String(portBase))).toMatchObject({ code: 0 });
  } finally {
    expect(await tierlab('down', ...flags)).toMatchObject({ code: 0 });
  }
});

test('P2: output that nobody reads any more ends the cluster in an orderly way', async () => {
  const portBase = await freePortBase();
  const run = npmRun('start', '--topology', 'single-server', '--data', data.dir, '--port-base', String(portBase));
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

test.each([['SIGINT'], ['SIGTERM'], ['SIGHUP']] as const)(
  'P4: a Ctrl-C while it is stopping after %s ends everything at once',
  async (first) => {
    const cluster = await startCluster({ dataDir: data.dir, topology: 'tiny', env: { TIERLAB_CHAOS: '1' } });
    const flags = ['--port-base', String(cluster.portBase), '--data', cluster.dataDir];
    const nodes = await cluster.nodes();
    // An orderly stop waits for the search that is under way, and this one takes 4.5 s.
    const slow = ['limp.latency', '--target', 'ranking-1', '--mean-ms', '4500', '--ttl', '30s', '--beyond-tolerance'];
    expect((await tierlab('chaos', 'inject', ...slow, ...flags)).code).toBe(0);
    const search = fetch(`${cluster.gateway}/api/search?q=dog`).catch(() => undefined);
    await until(async () => /"applied": ?[1-9]/.test((await tierlab('chaos', 'list', '--json', ...flags)).stdout));
    cluster.process.kill(first);
    await until(() => cluster.output().includes('stopping'));
    const pressedAt = performance.now();
    await until(() => performance.now() - pressedAt > 450);
    expect(await cluster.stop('SIGINT')).toBe(130);
    expect(performance.now() - pressedAt).toBeLessThan(3_000);
    await until(() => nodes.every(({ pid }) => !isAlive(pid!)), 2_000);
    expect(existsSync(runFile(cluster.portBase))).toBe(false);
    expect(cluster.output().split('stopping')[1]).not.toContain('is started again');
    await search;
  },
);

test('P4: one Ctrl-C that arrives twice, as npm passes it on, is one', async () => {
  const cluster = await startCluster({ dataDir: data.dir, topology: 'single-server' });
  cluster.process.kill('SIGINT');
  expect(await cluster.stop('SIGINT')).toBe(0);
});

/** Runs words that were printed as a shell would. */
function paste(command: string): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  return { code: status, said: stdout + stderr };
}

test('Q5: every command that is printed works when it is pasted', { timeout: 120_000 }, async () => {
  const odd = await dataFolder(pages);
  const dir = path.join(odd.dir, "it's mine");
  renameSync(odd.dir, `${odd.dir}-kept`);
  mkdirSync(odd.dir);
  renameSync(`${odd.dir}-kept`, dir);
  onTestFinished(odd.remove);
  const portBase = String(await freePortBase());
  const flags = ['--data', dir, '--port-base', portBase];
  const up = ['up', '--topology', 'tiny', '--chaos', '--detach', ...flags];
  const started = await tierlab(...up);
  const stops = /This stops it: (.*)$/m.exec(started.stderr)![1]!;
  try {
    const again = await tierlab(...up);
    expect(again.code).toBe(1);
    expect(/This stops it: (.*)$/m.exec(again.stderr)![1]).toBe(stops);
    const injected = await until(async () => {
      const fault = ['none', '--target', 'html-1', '--ttl', '1m', '--abort-error-share', '1', '--beyond-tolerance'];
      const result = await tierlab('chaos', 'inject', ...fault, ...flags);
      return result.code === 0 ? result.stdout : undefined;
    });
    const [shows, heals] = [/what it does: +(.*)$/m, /this ends it: +(.*)$/m].map((it) => it.exec(injected!)![1]!);
    expect(paste(shows!)).toMatchObject({ code: 0, said: expect.stringContaining('html-1') });
    expect(paste(heals!)).toMatchObject({ code: 0, said: expect.stringContaining('is healed') });
  } finally {
    expect(paste(stops)).toMatchObject({ code: 0 });
  }
  const silent = await tierlab('status', '--port-base', portBase);
  const starts = /This starts one: (.*)$/m.exec(silent.stderr)![1]!;
  expect(paste(`${starts} --topology tiny --detach --data '${data.dir}'`)).toMatchObject({ code: 0 });
  expect(await tierlab('down', '--data', data.dir, '--port-base', portBase)).toMatchObject({ code: 0 });
});

test.each([
  ['status', []],
  ['down', ['--data']],
  ['search', ['dog']],
  ['incidents', []],
  ['chaos', ['list', '--data']],
] as const)('Q6: "%s %j" names a watchdog that is stopped, quickly, and what lets it go on', async (command, more) => {
  const cluster = await startCluster({ dataDir: data.dir, topology: 'single-server' });
  onTestFinished(() => void (isAlive(cluster.process.pid!) && cluster.process.kill('SIGKILL')));
  cluster.process.kill('SIGSTOP');
  const askedAt = performance.now();
  const words = more.flatMap((word) => (word === '--data' ? ['--data', data.dir] : [word]));
  const { code, stderr } = await tierlab(command, ...words, '--port-base', String(cluster.portBase));
  expect(performance.now() - askedAt).toBeLessThan(6_000);
  expect(code).toBe(1);
  expect(stderr).toContain(`process ${cluster.process.pid}`);
  const goesOn = /This lets it go on: (.*)$/m.exec(stderr)![1]!;
  expect(paste(goesOn).code).toBe(0);
  await cluster.stop('SIGTERM');
});

test.each<[does: string, type?: string, body?: string, status?: number]>([
  ['answers with a page', 'text/html', '<p>Hello'],
  ['answers with other JSON', 'application/json', '[]'],
  ['knows no /status, as a node', 'application/problem+json', JSON.stringify({ code: 'not_found' }), 404],
  ['never answers'],
])('Q6: a program that is no watchdog and %s is named', async (_, type, body, status = 200) => {
  const server = createServer((_request, response) => {
    if (type !== undefined) response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [entry, 'status'], {
    env: { ...process.env, TIERLAB_PORT_BASE: String(port) },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, said]).toEqual([1, expect.stringMatching(`port ${port} is held by process ${process.pid}`)]);
});

test.each([['HTTP_PROXY'], ['http_proxy'], ['HTTPS_PROXY', 'HTTP_PROXY'], ['ALL_PROXY', 'http_proxy']])(
  'Q4: with %s a search asks the cluster directly',
  async (...names) => {
    const cluster = await startCluster({ dataDir: data.dir, topology: 'single-server' });
    onTestFinished(() => cluster.stop('SIGTERM').then(() => undefined));
    const proxy = Object.fromEntries(names.map((name) => [name, 'http://127.0.0.1:9']));
    const { status, stdout } = spawnSync(
      process.execPath,
      [entry, 'search', 'dog', '--port-base', String(cluster.portBase)],
      {
        encoding: 'utf8',
        env: { ...process.env, NODE_USE_ENV_PROXY: '1', ...proxy },
      },
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('dog')]);
  },
);

test('Q1: a start says that another program would answer at localhost', async () => {
  const portBase = await freePortBase();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(portBase + 1_080, '::1', resolve));
  onTestFinished(() => void server.close());
  const { code, stderr } = await tierlab(
    'up',
    '--topology',
    'tiny',
    '--data',
    data.dir,
    '--port-base',
    String(portBase),
  );
  expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${portBase + 1_080} (client-1) is taken at ::1`)]);
});

/** A data folder on a small disk of its own, and a way to fill it to the last byte. Only root can make one. */
function smallDisk(): { dir: string; fill: () => void; empty: () => void } {
  const dir = mkdtempSync(path.join(tmpdir(), 'tierlab-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', dir]);
  onTestFinished(() => {
    if (mounted.status === 0) spawnSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true, force: true });
  });
  if (mounted.status !== 0) throw new Error(`no disk could be mounted: ${String(mounted.stderr)}`);
  const filler = path.join(dir, 'filler');
  return {
    dir,
    fill: () => void spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']),
    empty: () => rmSync(filler, { force: true }),
  };
}

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount) console.log('skipped: P3 mounts a small disk, which only root may do');

test.runIf(canMount)(
  'P3: on a full disk nothing crashes, the disk is named, reads go on, and it recovers',
  async () => {
    const disk = smallDisk();
    cpSync(data.dir, disk.dir, { recursive: true });
    const cluster = await startCluster({ dataDir: disk.dir, topology: 'tiny', env: { TIERLAB_CHAOS: '1' } });
    onTestFinished(() => cluster.stop('SIGTERM').then(() => undefined));
    const flags = ['--data', disk.dir, '--port-base', String(cluster.portBase)];
    const inject = (id: string) => {
      const fault = ['none', '--target', 'html-1', '--ttl', '1s', '--fault-id', id, '--beyond-tolerance'];
      return tierlab('chaos', 'inject', ...fault, '--abort-error-share', '1', ...flags);
    };
    await until(async () => (await inject('before')).code === 0);
    const before = await cluster.nodes();
    disk.fill();
    // The last page of the journal's file has room for a few lines.
    let lines = 0;
    const refused = await until(async () => {
      const result = await inject(`full-${++lines}`);
      return result.code === 0 ? undefined : result;
    }, 30_000);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/the disk of .* is full/) });
    await until(() => /the disk of .* is full/.test(cluster.output()));

    // A crash makes the monitors write, and the watchdog start a process.
    process.kill(before.find(({ id }) => id === 'query-1')!.pid!, 'SIGKILL');
    await until(async () => (await cluster.nodes()).every(({ state }) => state === 'ready'));
    await until(async () => (await fetch(`${cluster.gateway}/api/search?q=dog`)).ok);
    await until(async () => (await tierlab('incidents', '--json', ...flags)).stdout.includes('"crashed"'));
    const now = await cluster.nodes();
    const replaced = now.filter(({ pid }, i) => pid !== before[i]!.pid).map(({ id }) => id);
    expect(replaced).toEqual(['query-1']);

    disk.empty();
    await until(async () => (await inject('after')).code === 0);
    await until(() => cluster.output().includes('has room again'));
    const journal = await tierlab('chaos', 'journal', '--json', ...flags);
    expect(JSON.parse(journal.stdout)).toContainEqual(expect.objectContaining({ id: 'after', event: 'inject' }));
  },
);
