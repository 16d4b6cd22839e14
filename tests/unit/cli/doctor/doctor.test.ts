import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runChecks } from '../../../../cli/doctor/checks.ts';
import type { Facts } from '../../../../cli/doctor/facts.ts';
import { orphansOf } from '../../../../cli/doctor/processes.ts';
import { logDirOf, writeRunFile } from '../../../../cli/run-file.ts';
import type { ClusterNode } from '../../../../cli/watchdog-client.ts';
import { identitySecret } from '../../../../shared/security/node-keys.ts';
import { run } from '../run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const now = Date.UTC(2026, 0, 1);
const healthy: Facts = {
  place: { portBase: 7_000, dataDir: '/data' },
  nodeVersion: '26.10.0',
  availableMemory: 8e9,
  freeDisk: 8e9,
  fileLimit: 20_000,
  hasDataset: false,
  now,
  newestFile: undefined,
  environment: {},
  topology: 'multitier',
  startedNodes: new Set(Array.from({ length: 21 }, (_, i) => `app-${i + 1}`)),
  takenPorts: [],
  running: undefined,
  deadRuns: [],
  orphans: [],
  logs: [],
};
const run7 = { pid: 7, portBase: 7_000, topology: 'multitier', topologySource: 'multitier', startedAt: '' };

/** A cluster that runs, with app-1 in this state. */
function runningWith(state: ClusterNode['state'], id = 'app-1'): Partial<Facts> {
  const exits = [{ at: now, exit: 'signal SIGKILL' }];
  const node = { id, state, exits } as unknown as ClusterNode;
  return { running: { ...run7, cluster: { answered: true, nodes: [node] } } };
}

const fatal = JSON.stringify({ level: 60, time: now, err: { message: 'no disk' } });

test('on a healthy machine nothing is wrong', () => {
  expect(runChecks(healthy).filter(({ level }) => level !== 'ok')).toEqual([]);
});

test.each<[facts: Partial<Facts>, check: string, level: string, about: RegExp]>([
  [{ nodeVersion: '24.1.0' }, 'Node.js', 'problem', /24\.1\.0.*npm run/],
  [{ availableMemory: 1e9 }, 'memory', 'problem', /up --topology tiny/],
  [{ ...runningWith('ready'), availableMemory: 1e8 }, 'memory', 'problem', /the running cluster.*Stop other programs/],
  [{ freeDisk: 9e6 }, 'disk', 'problem', /du -sh \/data/],
  [{ fileLimit: 256 }, 'open files', 'problem', /256.*ulimit -n/],
  [{ newestFile: { file: '/f', changedAt: now + 120_000 } }, 'clock', 'problem', /\/f.*date -u/],
  [{ environment: { HTTP_PROXY: 'http://me:pass@p' } }, 'proxies', 'note', /http:\/\/\[redacted\]@p.*NO_PROXY=/],
  [{ takenPorts: [{ port: 80, protocol: 'TCP', host: '::1', owner: 'app-1' }] }, 'ports', 'problem', /80 \(app-1\)/],
  [{ deadRuns: [{ file: '/f', pid: 5 }] }, 'earlier clusters', 'note', /rm \/f/],
  [{ orphans: [{ pid: 41, parent: 1, words: ['run-node', 'app-1'] }] }, 'earlier clusters', 'problem', /kill 41/],
  [runningWith('starting'), 'nodes', 'note', /app-1 is starting.*status/],
  [runningWith('stopping'), 'nodes', 'note', /app-1 is stopping/],
  [runningWith('stopped'), 'nodes', 'problem', /app-1 is stopped.*restart --node app-1/],
  [runningWith('backoff'), 'nodes', 'problem', /app-1 has ended \(signal SIGKILL\).*logs app-1/],
  [runningWith('crash-loop'), 'nodes', 'problem', /app-1 keeps crashing \(signal SIGKILL\).*logs app-1/],
  [runningWith('held'), 'nodes', 'note', /app-1 is kept down by a fault.*chaos halt/],
  [runningWith('silent'), 'nodes', 'problem', /watchdog of app-1 does not answer.*status/],
  [{ running: { ...run7, cluster: { answered: false, why: 'it is stopped' } } }, 'nodes', 'problem', /stopped.*kill 7/],
  [{ logs: [{ node: 'app-1', lines: [fatal] }] }, 'errors', 'problem', /no disk.*logs app-1/],
  [{ logs: [{ node: 'app-1', lines: [fatal, '{"level":30}'] }] }, 'errors', 'note', /no disk.*logs app-1/],
])('%j is found', (facts, check, level, about) => {
  const findings = runChecks({ ...healthy, ...facts }).filter((it) => it.level !== 'ok');
  expect(findings).toMatchObject([{ check, level }]);
  expect(`${findings[0]!.found} ${findings[0]!.todo}`).toMatch(about);
});

test('a place that nobody has started is not missing', () => {
  const findings = runChecks({ ...healthy, ...runningWith('stopped', 'app-99') });
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
});

const node7 = ['node', 'tierlab.js', 'run-node', 'app-1', 'multitier', '7000', '/data/datasets/a'];

test.each<[what: string, parent: readonly string[], words: readonly string[], orphans: readonly number[]]>([
  ['a node whose watchdog has ended', ['init'], node7, [41]],
  ['a node with its watchdog', ['node', 'tierlab.js', 'up'], node7, []],
  ['a node in a container, with its watchdog', ['node', 'tierlab.js', 'node', 'app-1'], node7, []],
  ['a node of another data folder', ['init'], node7.with(6, '/data2/datasets/a'), []],
  ['another program that reads the folder', ['init'], ['less', '/data/datasets/a'], []],
])('%s: the orphans are found', (_, parent, words, orphans) => {
  const processes = [
    { pid: 1, parent: 0, words: parent },
    { pid: 41, parent: 1, words },
  ];
  expect(orphansOf(processes, '/data').map(({ pid }) => pid)).toEqual(orphans);
});

test('a killed cluster is found, and the bundle holds its logs without the planted secrets', async () => {
  const data = temporaryFolder();
  const portBase = 29_400;
  // Linux gives no process a larger number than 4,194,304 (proc(5), pid_max).
  const token = 'planted-in-the-run-file';
  writeRunFile(data, { ...run7, pid: 4_194_305, portBase, token });
  const planted = [token, Buffer.from(identitySecret(data)).toString('hex'), 'planted-in-the-environment'];
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', planted[2]);
  onTestFinished(() => void vi.unstubAllEnvs());
  mkdirSync(logDirOf(data, portBase), { recursive: true });
  const lines = [...planted.map((value) => JSON.stringify({ level: 30, msg: `odd ${value} place` })), fatal, ''];
  writeFileSync(path.join(logDirOf(data, portBase), 'app-1.log'), lines.join('\n'));

  const file = path.join(data, 'bundle.tar.gz');
  const flags = ['--topology', 'tiny', '--port-base', String(portBase), '--data', data, '--bundle'];
  const { said, exitCode } = await run('doctor', ...flags, file);
  expect(exitCode).toBe(1);
  expect(said).toContain('no disk');
  expect(said).toMatch(/\bprocess 4194305\b/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  // Another program reads the archive.
  const all = execFileSync('tar', ['xzOf', file], { encoding: 'utf8' });
  expect(all.match(/odd \[redacted\] place/g)).toHaveLength(3);
  for (const value of planted) expect(all).not.toContain(value);
  expect((await run('doctor', ...flags, '/nowhere/b.tar.gz')).exitCode).toBe(2);
});
