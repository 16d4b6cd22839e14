import { expect, test, vi } from 'vitest';
import { noneInEffect, notFound, whatUndoMeans, withFlag } from '../../../cli/chaos/messages.ts';
import { parseRequest } from '../../../services/chaos/request.ts';
import { objections } from '../../../services/chaos/safety.ts';
import { faultKinds } from '../../../shared/faults/kinds.ts';
import { nodes } from '../chaos/nodes.ts';
import { fakeCluster } from './fake-cluster.ts';
import { dataWith } from './journal.ts';
import { commandsIn, rowOf, rowsOf } from './output.ts';
import { run } from './run.ts';

test('each objection of the tolerance rules names the flag that lifts it; other objections stay as they are', () => {
  const intention = { id: 'f1', kind: 'limp.latency', casualties: ['gateway-1'], beyondTolerance: false };
  const active = [{ id: 'f0', kind: 'stop.kill', casualties: [] }];
  const lifted = objections(intention, { enabled: true, nodes, active }).map(withFlag);
  expect(lifted.map((text) => text.includes('--beyond-tolerance'))).toEqual([true, true]);
  expect(lifted.join()).not.toContain('beyondTolerance');
  const others = objections(intention, { enabled: false, nodes, active: [] });
  expect(others.map(withFlag)).toEqual(others);
});

test('a fault that is not found may be at a node that is silent, which is named', () => {
  expect(noneInEffect(['query-1'])).not.toBe(noneInEffect([]));
  expect(notFound('f1', ['query-1'])).toMatch(/\bf1\b.*\bquery-1\b/);
  expect(commandsIn(notFound('f1', []))).toEqual([['chaos', 'list']]);
  const place = { portBase: 9_000, dataDir: '/elsewhere' };
  const sameCluster = ['--port-base', '9000', '--data', '/elsewhere'];
  expect(commandsIn(notFound('f1', [], place))).toEqual([['chaos', 'list', ...sameCluster]]);
});

test.each([...faultKinds.values()].map((kind) => [kind.kind, kind] as const))(
  'the help of %s says what each of its parameters means',
  async (name, { params }) => {
    const { properties } = params as unknown as { properties: Record<string, { description?: string }> };
    const { said, exitCode } = await run('chaos', 'inject', name, '--help');
    const words = said.replaceAll(/\s+/g, ' ');
    for (const { description } of Object.values(properties)) expect(words).toContain(description ?? 'a description');
    expect(exitCode).toBe(0);
  },
);

test.each(['10', '10s'])('an injection with --ttl %s prints it in seconds, and how to end it', async (ttl) => {
  await fakeCluster({ 'chaos-1': { '/api/chaos/faults': { id: 'f1', victims: [{ node: 'a', state: 'active' }] } } });
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', 'token');
  const { said } = await run('chaos', 'inject', 'none', '--target', 'a', '--ttl', ttl);
  expect(said).toMatch(/\bf1\b.*\b10 ?s$/m);
  expect(rowOf(said, 'a')).toEqual({ victim: 'a', state: 'active' });
  expect(commandsIn(said)).toContainEqual(expect.arrayContaining(['chaos', 'heal', 'f1']));
});

test.each([
  ['--groups', 'a|b', ['a', 'b']],
  ['--ring', 'a,b,c,d', ['a', 'b', 'c', 'd']],
])('a partition with %s needs no target', async (name, value, nodesOfIt) => {
  const sent: unknown[] = [];
  const inject = (_url: string, body: string) => {
    sent.push(JSON.parse(body));
    return { id: 'f1', victims: [{ node: 'a', state: 'active' }] };
  };
  await fakeCluster({ 'chaos-1': { '/api/chaos/faults': inject } });
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', 'token');
  const { said } = await run('chaos', 'inject', 'net.partition', name, value, '--ttl', '1s');
  expect(rowOf(said, 'a')).toEqual({ victim: 'a', state: 'active' });
  expect(sent.map((request) => parseRequest(request).target)).toEqual([{ nodes: nodesOfIt }]);
});

const hang = { at: 1, id: 'f1', kind: 'stop.hang', target: 'app-1' };

/** The output of `chaos journal` for this one line, where nothing runs. */
async function journalOf(entry: object, ...flags: string[]): Promise<string> {
  const { data } = dataWith([entry]);
  const { said, exitCode } = await run('chaos', 'journal', '--data', data, '--port-base', '7000', ...flags);
  expect(exitCode).toBe(0);
  return said;
}

test('the journal is read from its file when nothing runs', async () => {
  const entry = { ...hang, event: 'heal' };
  expect(JSON.parse(await journalOf(entry, '--json'))).toEqual([entry]);
});

test('the journal explains undo where there is one', async () => {
  expect(await journalOf({ ...hang, event: 'undo' })).toContain(whatUndoMeans);
  expect(await journalOf({ ...hang, event: 'heal' })).not.toContain('undo');
});

/** A cluster of one node, whose owner asks. */
async function ownCluster(node: Record<string, unknown>, watchdog: Record<string, unknown>): Promise<void> {
  await fakeCluster({ 'app-1': node }, {}, watchdog);
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', 'token');
}

const none = { enabled: true, active: [], ended: [] };

test('a fault that ended with its process is listed from the journal of this cluster, without counts', async () => {
  const counts = { state: 'ended', end: 'restart', remainingMs: 0, matched: 3, applied: 3 };
  const listed = { fault: { id: 'f1', kind: 'stop.hang', target: 'app-1', params: {} }, ...counts };
  await ownCluster({ '/admin/faults': none }, { '/admin/faults': { ...none, ended: [listed] } });
  const gone = { ...hang, event: 'heal', end: 'restart' };
  const others = [
    { at: -1, id: 'f0' },
    { id: 'f2', kind: 'limp.cpu' },
    { id: 'f3', end: 'ttl' },
  ];
  const lines = [gone, ...others.map((other) => ({ ...gone, ...other }))];
  const { data } = dataWith(lines, Number(process.env.TIERLAB_PORT_BASE));
  const { said } = await run('chaos', 'list', '--ended', '--data', data);
  const row = { target: 'app-1', state: 'restart' };
  expect(rowsOf(said)).toMatchObject([
    { ...row, id: 'f2', kind: 'limp.cpu', 'left s': '-', matched: '-', applied: '-' },
    { ...row, id: 'f1', kind: 'stop.hang', 'left s': '0', matched: '3', applied: '3' },
  ]);
  expect((await run('chaos', 'list', '--data', data)).said).toBe(`${noneInEffect([])}\n`);
});

test('an empty list says that the last fault ended with the process of its node, where it did', async () => {
  await ownCluster({ '/admin/faults': none }, { '/admin/faults': none });
  const listAfter = async (...ends: readonly string[]) => {
    const lines = ends.map((end, i) => ({ ...hang, id: `f${i}`, event: 'heal', end }));
    return (await run('chaos', 'list', '--data', dataWith(lines, Number(process.env.TIERLAB_PORT_BASE)).data)).said;
  };
  const said = await listAfter('ttl', 'restart');
  expect(said).toMatch(/\bf1 \(stop\.hang\).* \d\d:\d\d:\d\d\b.*\bprocess of app-1\b/);
  expect(commandsIn(said)).toEqual([expect.arrayContaining(['incidents', '--data'])]);
  expect(await listAfter('ttl', 'shutdown')).toMatch(/\bprocess of app-1\b/);
  expect(await listAfter('restart', 'ttl')).toBe(`${noneInEffect([])}\n`);
});

test.each([
  ['chaos', 'inject', 'none', '--target', 'a', '--ttl', '1s'],
  ['policy', 'naive'],
  ['restart', '--rolling'],
  ['scale', 'app=1'],
  ['apply', 'tiny'],
])('without the token of the cluster, %s %s names the folder that was searched', async (...argv) => {
  await fakeCluster({ 'app-1': {} });
  const { said, exitCode } = await run(...argv, '--data', '/nowhere');
  expect(said).toContain(`/nowhere/run/${process.env.TIERLAB_PORT_BASE}`);
  expect(exitCode).toBe(1);
});

test('parameters that are too long for a table are cut, but not in JSON', async () => {
  const groups = [Array.from({ length: 30 }, (_, i) => `node-${i}`), ['app-1']];
  const fault = { id: 'f1', kind: 'net.partition', target: 'app-1', params: { groups } };
  const active = [{ fault, state: 'active', remainingMs: 1_000, matched: 1, applied: 1 }];
  await ownCluster({ '/admin/faults': { ...none, active } }, { '/admin/faults': none });
  expect(rowOf((await run('chaos', 'list')).said, 'f1')?.parameters).toMatch(/^groups=\[\["node-0".{60,65}…$/);
  expect(JSON.parse((await run('chaos', 'list', '--json')).said)).toEqual(active);
});

test.each([
  [0, 0, /\bno fault\b.*\b2 nodes/],
  [1, 0, /\b2 nodes.*\b1 fault\b/],
  [2, 1, /\b2 nodes.*\b3 faults\b/],
])('a halt that ended %d and %d faults counts them and the places', async (atNode, atWatchdog, counts) => {
  await ownCluster({ '/admin/halt': { healed: atNode } }, { '/admin/halt': { healed: atWatchdog } });
  expect((await run('chaos', 'halt')).said).toMatch(counts);
  expect(JSON.parse((await run('chaos', 'halt', '--json')).said)).toMatchObject({ healed: atNode + atWatchdog });
});
