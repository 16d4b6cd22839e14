import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { journalFileIn } from '../../../services/chaos/journal-file.ts';
import { objections } from '../../../services/chaos/safety.ts';
import { faultKinds } from '../../../shared/faults/kinds.ts';
import { noneInEffect, notFound, withFlag } from '../../../cli/chaos/messages.ts';
import { runDir } from '../../../cli/run-file.ts';
import { nodes } from '../chaos/nodes.ts';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';

test('what the tolerance rules object to says how to insist, in the words of the command; nothing else does', () => {
  const intention = { id: 'f1', kind: 'limp.latency', casualties: ['gateway-1'], beyondTolerance: false };
  const other = { id: 'f0', kind: 'stop.kill', casualties: [] };
  const sentences = objections(intention, { enabled: true, nodes, active: [other] }).map(withFlag);
  expect(sentences).toHaveLength(2);
  for (const sentence of sentences) expect(sentence).toContain('--beyond-tolerance');
  expect(sentences.join()).not.toContain('beyondTolerance');
  for (const sentence of objections(intention, { enabled: false, nodes, active: [] }))
    expect(withFlag(sentence)).toBe(sentence);
});

test('where somebody is silent nobody claims that no fault is in effect', () => {
  expect([noneInEffect([]), noneInEffect(['query-1'])]).toEqual(['no fault is in effect', 'no fault is known of']);
  expect(notFound('f1', [])).toMatch(/no fault f1 is in effect/);
  expect(notFound('f1', ['query-1'])).toMatch(/no answer from query-1/);
});

test.each([...faultKinds.values()].map((kind) => [kind.kind, kind] as const))(
  'the help of %s says what each of its parameters means',
  async (name, { params }) => {
    const properties = Object.values(
      (params as unknown as { properties: Record<string, { description?: string }> }).properties,
    );
    const { said, exitCode } = await run('chaos', 'inject', name, '--help');
    const words = said.replaceAll(/\s+/g, ' ');
    for (const { description } of properties) expect(words).toContain(description ?? 'a description');
    expect([words.includes('400ms or 2s'), exitCode]).toEqual([true, 0]);
  },
);

test('a time to live that is too long is refused with the longest one', async () => {
  const { said, exitCode } = await run('chaos', 'inject', 'none', '--target', 'a', '--ttl', '2h');
  expect(said).toContain('15m');
  expect(exitCode).toBe(2);
});

/** A data folder with these lines in the injector's journal. */
function dataWith(entries: readonly object[], portBase = 7_000): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'tierlab-journal-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(runDir(dir, portBase), { recursive: true });
  writeFileSync(journalFileIn(runDir(dir, portBase)), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return dir;
}

test.each([
  ['10', '10 s'],
  ['10s', '10s'],
])('a time to live of %s is told as %s', async (ttl, told) => {
  await fakeCluster({ 'chaos-1': { '/api/chaos/faults': { id: 'f1', victims: [] } } });
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', 'token');
  const { said } = await run('chaos', 'inject', 'none', '--target', 'a', '--ttl', ttl);
  expect(said).toContain(`f1 is in effect for ${told}\n`);
});

test('the journal is read from its file when nothing runs', async () => {
  const entry = { at: 1, event: 'heal', id: 'f1', kind: 'none', target: 'a' };
  const { said, exitCode } = await run(
    'chaos',
    'journal',
    '--json',
    '--data',
    dataWith([entry]),
    '--port-base',
    '7000',
  );
  expect([JSON.parse(said), exitCode]).toEqual([[entry], 0]);
});

test('the journal explains why there is an undo before an inject, where there is one', async () => {
  const [undo, heal] = ['undo', 'heal'].map((event, at) => ({ at, event, id: 'f1', kind: 'none', target: 'a' }));
  const said = async (entry: object) =>
    (await run('chaos', 'journal', '--data', dataWith([entry]), '--port-base', '7000')).said;
  expect(await said(undo!)).toContain('undo comes before inject');
  expect(await said(heal!)).not.toContain('undo');
});

/** A cluster of one node, whose owner asks. */
async function ownCluster(
  node: Readonly<Record<string, unknown>>,
  watchdog: Readonly<Record<string, unknown>>,
): Promise<void> {
  await fakeCluster({ 'app-1': node }, {}, watchdog);
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', 'token');
}

const none = { enabled: true, active: [], ended: [] };

test('a fault that its process took along is listed from the journal, without counts; another life of the cluster is not', async () => {
  const ended = { state: 'ended', end: 'restart', remainingMs: 0, matched: 3, applied: 3 };
  const listed = { fault: { id: 'f1', kind: 'stop.hang', target: 'app-1', params: {} }, ...ended };
  await ownCluster({ '/admin/faults': none }, { '/admin/faults': { ...none, ended: [listed] } });
  const gone = { at: 1, event: 'heal', id: 'f1', kind: 'stop.hang', target: 'app-1', end: 'restart' };
  const lines = [
    { ...gone, at: -1, id: 'f0' },
    gone,
    { ...gone, id: 'f2', kind: 'limp.cpu' },
    { ...gone, id: 'f3', end: 'ttl' },
  ];
  const data = dataWith(lines, Number(process.env.TIERLAB_PORT_BASE));
  const { said } = await run('chaos', 'list', '--ended', '--data', data);
  expect(said.split('\n').slice(1)).toEqual([
    'f2  limp.cpu   app-1   restart       -        -        -  -',
    'f1  stop.hang  app-1   restart       0        3        3',
    '',
  ]);
  expect((await run('chaos', 'list', '--data', data)).said).toBe('no fault is in effect\n');
});

test('parameters that are too long for a table are cut, but not in JSON', async () => {
  const groups = [Array.from({ length: 30 }, (_, i) => `node-${i}`), ['app-1']];
  const fault = { id: 'f1', kind: 'net.partition', target: 'app-1', params: { groups } };
  const active = [{ fault, state: 'active', remainingMs: 1_000, matched: 1, applied: 1 }];
  await ownCluster({ '/admin/faults': { ...none, active } }, { '/admin/faults': none });
  expect((await run('chaos', 'list')).said).toMatch(/  groups=\[\["node-0".{60,65}…\n$/);
  expect(JSON.parse((await run('chaos', 'list', '--json')).said)).toEqual(active);
});

test.each([
  [0, 0, 'no fault was in effect at 2 nodes and watchdogs'],
  [1, 0, 'everything is healed at 2 nodes and watchdogs: 1 fault ended'],
  [2, 1, 'everything is healed at 2 nodes and watchdogs: 3 faults, counted at each node, ended'],
])('a halt that ended %d and %d faults says so', async (atNode, atWatchdog, sentence) => {
  await ownCluster({ '/admin/halt': { healed: atNode } }, { '/admin/halt': { healed: atWatchdog } });
  expect((await run('chaos', 'halt')).said).toContain(`✓ ${sentence}\n`);
});
