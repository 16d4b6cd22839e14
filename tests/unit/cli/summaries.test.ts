import { expect, test } from 'vitest';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';
import { fakeCluster } from './fake-cluster.ts';
import { commandsIn, namesOf } from './output.ts';
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
  const last = expect.stringMatching(/^2 of 4 .*html-1, monitor-1$/);
  expect([said.match(/^\S.*$/gm), exitCode]).toEqual([['app-1', 'html-2', last], 0]);
  expect((await run('tune', '--node', 'html-1')).said).toMatch(/^html-1\n {2}/);
});

test('tune goes on without a node that died while it was asked, and names it', async () => {
  await fakeCluster({ 'app-1': tuning('app-1', null, [call]), 'app-2': undefined });
  const said = expect.stringMatching(/^app-1\n.*^1 of 2 .*app-2 .*port 1\b/ms);
  expect(await run('tune')).toEqual({ exitCode: 0, said });
  await fakeCluster({ 'app-2': undefined });
  expect((await run('tune')).exitCode).toBe(1);
});

const inForce = (file: unknown) => ({ '/admin/policy': resolvePolicy(file) });

test('a common policy is shown once, without names; otherwise the smallest group comes first', async () => {
  const naive = { 'app-1': inForce('naive'), 'app-2': inForce('naive') };
  await fakeCluster(naive);
  expect((await run('policy')).said).toMatch(/^(?!.*app-).*\b2\b.*: naive\n$/);
  expect((await run('policy', '--node', 'app-1', 'app-2')).said).toBe('app-1, app-2: naive\n');
  await fakeCluster({ ...naive, 'html-1': inForce({ hedge: false }) });
  expect((await run('policy')).said).toMatch(/^html-1: resilient.*\n +hedge +off\napp-1, app-2: naive\n$/);
});

const book = (name: string, failures: number) => ({ name, failures, observedMs: 1_000, downMs: failures, measured: 1 });
const service = (name: string, failures: number, expected = 1) => ({ ...book(name, failures), replicas: 2, expected });
const report = { from: 0, to: 1_000, whole: book('t', 0), services: [], nodes: [], monitor: 'monitor-1' };

test('availability counts what never failed, and shows it when asked for all', async () => {
  const services = [service('app', 0, 0.99), service('html', 0)];
  const nodes = [book('app-1', 1), book('html-1', 0)];
  await fakeCluster({ 'monitor-1': { '/api/availability': { ...report, services, nodes } } });
  const some = (await run('availability')).said;
  expect(namesOf(some)).toEqual(['t', 'app', 'app-1']);
  expect(some).toMatch(/^1 service\b.*\b1 node\b.*--all/m);
  const all = (await run('availability', '--all')).said;
  expect(namesOf(all)).toEqual(['t', 'app', 'html', 'app-1', 'html-1']);
  expect(all).not.toContain('--all');
});

test('availability names the nodes that refused calls, which is no failure', async () => {
  const overloaded = { node: 'app-1', verdict: 'overloaded' };
  const crashed = { node: 'app-2', verdict: 'crashed' };
  const saidWith = async (...incidents: object[]) => {
    await fakeCluster({ 'monitor-1': { '/api/availability': report, '/api/incidents': { incidents } } });
    return (await run('availability')).said;
  };
  const said = await saidWith(overloaded, overloaded, crashed);
  expect([said, commandsIn(said)]).toEqual([
    expect.stringMatching(/^1 node\b.*\b2 times\b/m),
    [['load', '--port-base', process.env.TIERLAB_PORT_BASE]],
  ]);
  expect(await saidWith(crashed)).not.toMatch(/^\d+ node/m);
});
