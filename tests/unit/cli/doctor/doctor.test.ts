import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { examine } from '../../../../cli/doctor/checks.ts';
import type { Facts } from '../../../../cli/doctor/facts.ts';
import { logDirOf, writeRunFile } from '../../../../cli/run-file.ts';
import { identitySecret } from '../../../../shared/security/node-keys.ts';
import { run } from '../run.ts';

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
const fatal = JSON.stringify({ level: 60, time: now, err: { message: 'no disk' } });

test('on a healthy machine nothing is wrong', () => {
  expect(examine(healthy).filter(({ level }) => level !== 'ok')).toEqual([]);
});

test.each<[facts: Partial<Facts>, check: string, level: string, about: RegExp]>([
  [{ nodeVersion: '24.1.0' }, 'Node.js', 'problem', /24\.1\.0.*npm run/],
  [{ availableMemory: 1e9 }, 'memory', 'problem', /up --topology tiny/],
  [{ freeDisk: 9e6 }, 'disk', 'problem', /du -sh \/data/],
  [{ fileLimit: 256 }, 'open files', 'problem', /256.*ulimit -n/],
  [{ newestFile: { file: '/f', changedAt: now + 120_000 } }, 'clock', 'problem', /\/f.*date -u/],
  [{ environment: { HTTP_PROXY: 'http://me:pass@p' } }, 'proxies', 'note', /http:\/\/\[redacted\]@p.*NO_PROXY=/],
  [{ takenPorts: [{ port: 80, protocol: 'TCP', host: '::1', owner: 'app-1' }] }, 'ports', 'problem', /80 of app-1/],
  [{ deadRuns: [{ file: '/f', pid: 5 }] }, 'earlier clusters', 'note', /rm \/f/],
  [{ orphans: [{ pid: 41, parent: 1, words: ['run-node', 'app-1'] }] }, 'earlier clusters', 'problem', /kill 41/],
  [{ logs: [{ node: 'app-1', lines: [fatal] }] }, 'errors', 'problem', /no disk.*logs app-1/],
  [{ logs: [{ node: 'app-1', lines: [fatal, '{"level":30}'] }] }, 'errors', 'note', /no disk.*logs app-1/],
])('%j is found', (facts, check, level, about) => {
  const findings = examine({ ...healthy, ...facts }).filter((it) => it.level !== 'ok');
  expect(findings).toMatchObject([{ check, level }]);
  expect(`${findings[0]!.found} ${findings[0]!.todo}`).toMatch(about);
});

test('a killed cluster is found, and the bundle holds its logs without the planted secrets', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'tierlab-doctor-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const portBase = 29_400;
  // Linux gives no process a larger number than 4,194,304 (proc(5), pid_max).
  const { token } = writeRunFile(data, { pid: 4_194_305, portBase, topology: 'tiny', startedAt: '' });
  const planted = [token!, Buffer.from(identitySecret(data)).toString('hex'), 'planted-in-the-environment'];
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
  expect(said).toContain('process 4194305 did not end');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  // Another program reads the archive.
  const all = execFileSync('tar', ['xzOf', file], { encoding: 'utf8' });
  expect(all.match(/odd \[redacted\] place/g)).toHaveLength(3);
  for (const value of planted) expect(all).not.toContain(value);
  expect((await run('doctor', ...flags, '/nowhere/b.tar.gz')).exitCode).toBe(2);
});
