import { expect, test } from 'vitest';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';

const limit = (value: number | null) => ({ what: 'admission wait', value, unit: 'ms', why: 'because' });
const call = { operation: 'query.plan', samples: 1, p50Ms: 1, p95Ms: 2, p999Ms: 3, byNode: {}, tuned: [] };
const tuning = (node: string, value: number | null, calls: object[] = []) => ({
  '/admin/tuning': { node, server: [limit(value)], calls },
});

test('tune shows who calls or has set something, and names all others in its last line', async () => {
  await fakeCluster({
    'app-1': tuning('app-1', null, [call]),
    'html-1': tuning('html-1', null),
    'html-2': tuning('html-2', 40),
    'monitor-1': tuning('monitor-1', null),
  });
  const { said, exitCode } = await run('tune');
  expect(exitCode).toBe(0);
  expect(said.match(/^\S.*$/gm)).toEqual([
    'app-1',
    'html-2',
    '2 of 4 nodes make no calls, and have set nothing: html-1, monitor-1',
  ]);
  expect((await run('tune', '--node', 'html-1')).said).toMatch(/^html-1\n {2}serving/);
});

test('tune goes on without a node that died while it was asked, and names it', async () => {
  await fakeCluster({ 'app-1': tuning('app-1', null, [call]), 'app-2': undefined });
  const { said, exitCode } = await run('tune');
  expect([said, exitCode]).toEqual([expect.stringMatching(/^app-1\n/), 0]);
  expect(said).toContain('1 of 2 ready nodes did not answer: app-2 (nothing answers at port 1)');
  await fakeCluster({ 'app-2': undefined });
  expect((await run('tune')).exitCode).toBe(1);
});

const inForce = (file: unknown) => ({ '/admin/policy': resolvePolicy(file) });

test('a policy that all nodes share is told once, without their names; else the few come first', async () => {
  await fakeCluster({ 'app-1': inForce('naive'), 'app-2': inForce('naive') });
  expect((await run('policy')).said).toBe('all 2 ready nodes: naive\n');
  expect((await run('policy', '--node', 'app-1', 'app-2')).said).toBe('app-1, app-2: naive\n');
  await fakeCluster({ 'app-1': inForce('naive'), 'app-2': inForce('naive'), 'html-1': inForce({ hedge: false }) });
  expect((await run('policy')).said.split('\n')).toEqual([
    'html-1: resilient, but',
    '    hedge            off',
    'app-1, app-2: naive',
    '',
  ]);
});

const book = (name: string, failures: number) => ({ name, failures, observedMs: 1_000, downMs: failures, measured: 1 });
const service = (name: string, failures: number, expected = 1) => ({ ...book(name, failures), replicas: 2, expected });

test('availability counts what never failed, and shows it when asked for all', async () => {
  const whole = book('t', 0);
  const report = {
    from: 0,
    to: 1_000,
    whole,
    services: [service('app', 0, 0.99), service('html', 0)],
    nodes: [book('app-1', 1), book('html-1', 0)],
  };
  await fakeCluster({ 'monitor-1': { '/api/availability': report } });
  const { said } = await run('availability');
  expect(said).toMatch(/^app .*\n\n.*\napp-1 .*\n1 service and 1 node never failed \(--all shows them\)\n$/ms);
  expect(said).not.toContain('html');
  const all = (await run('availability', '--all')).said;
  expect([all.includes('html-1'), all.includes('never failed')]).toEqual([true, false]);
});

test('availability says who turned calls away, which is no failure', async () => {
  const report = { from: 0, to: 1_000, whole: book('t', 0), services: [], nodes: [], monitor: 'monitor-1' };
  const overloaded = (node: string) => ({ node, verdict: 'overloaded' });
  const answers = (...incidents: object[]) => ({ '/api/availability': report, '/api/incidents': { incidents } });
  await fakeCluster({
    'monitor-1': answers(overloaded('app-1'), overloaded('app-1'), { node: 'app-2', verdict: 'crashed' }),
  });
  expect((await run('availability')).said).toMatch(/1 node refused calls.* 2 times/);
  await fakeCluster({ 'monitor-1': answers({ node: 'app-2', verdict: 'crashed' }) });
  expect((await run('availability')).said).not.toContain('refused calls');
});
