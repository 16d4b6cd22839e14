import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dataFolder, startCluster, tierlab, until, type TestCluster, type TestPage } from '../../support/cluster.ts';
import { topologyFile } from '../../support/made-topology.ts';

const pages: TestPage[] = ['dog', 'cat', 'cow', 'hen', 'fox', 'owl'].map((id) => ({
  id,
  title: id,
  body: `an old ${id}`,
}));
const targets = pages.flatMap(({ id }) => [`/api/search?q=${id}%20old`, `/api/pages/${id}`]);
/** While one of three is away, the others carry half of the peak with room to spare. */
const nodes = [
  { name: 'monitor', components: ['monitor'], replicas: 1 },
  { name: 'database', components: ['database'], replicas: 3 },
  { name: 'middle', components: ['app', 'query', 'ranking', 'html'], replicas: 4, started: 3 },
  { name: 'door', components: ['gateway'], replicas: 1 },
];
let dataDir: string;
let cluster: TestCluster;
let halfOfPeak: number;

beforeAll(async () => {
  dataDir = await dataFolder(pages);
  const topology = topologyFile(dataDir, 'triples', nodes);
  const requests = path.join(dataDir, 'requests.txt');
  writeFileSync(requests, targets.join('\n'));
  cluster = await startCluster({ dataDir, topology });
  const load = ['--requests', requests, '--check', 'status', '-u', '16', '-d', '3s', '--json', '-q'];
  const { stdout } = await tierlab('load', cluster.gateway, ...load);
  halfOfPeak = Math.floor((JSON.parse(stdout) as { rate: { done: number } }).rate.done / 2);
});

/** The status of the answer with the text of a failure, or the reason why there is no answer. */
async function outcomeOf(target: string): Promise<string> {
  try {
    const response = await fetch(cluster.gateway + target, { signal: AbortSignal.timeout(10_000) });
    const text = await response.text();
    return response.ok ? '200' : `${response.status} ${text}`;
  } catch (error) {
    return String((error as Error).cause ?? error);
  }
}

/**
 * Open-loop load at half of the peak: from one second before `work` to three seconds after it. Waits for every answer,
 * and counts the requests and their outcomes.
 */
async function underLoad(work: () => Promise<void>) {
  const outcomes: Promise<string>[] = [];
  const startedAt = performance.now();
  const sender = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1_000) * halfOfPeak;
    while (outcomes.length < due) outcomes.push(outcomeOf(targets[outcomes.length % targets.length]!));
  }, 5);
  const sendFor = (seconds: number) => {
    const count = outcomes.length + seconds * halfOfPeak;
    return until(() => outcomes.length >= count, 10_000 * seconds);
  };
  try {
    await sendFor(1);
    await work();
    await sendFor(3);
  } finally {
    clearInterval(sender);
  }
  const counts: Record<string, number> = {};
  for (const outcome of await Promise.all(outcomes)) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return { sent: outcomes.length, outcomes: counts };
}

test('a rolling restart at half of the peak loses no request', { timeout: 150_000 }, async () => {
  const before = new Map((await cluster.nodes()).map(({ id, pid }) => [id, pid]));
  const { sent, outcomes } = await underLoad(async () => {
    const startedAt = performance.now();
    const { code, stdout, stderr } = await tierlab('restart', '--rolling', ...cluster.flags);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    // If the nodes did not answer the questions of their watchdog, each of the six would drain for 10 s.
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    expect(stdout).toMatch(/\bmonitor-1, door-1$/m);
  });
  const after = await cluster.nodes();
  const restarted = after.filter(({ id, pid }) => before.get(id) !== pid).map(({ id }) => id);
  expect(restarted).toEqual(['database-1', 'database-2', 'database-3', 'middle-1', 'middle-2', 'middle-3']);
  expect(after.filter(({ state }) => state !== 'ready').map(({ id }) => id)).toEqual(['middle-4']);
  expect(sent).toBeGreaterThan(100);
  expect(outcomes).toEqual({ 200: sent });
});

test('a group grows and shrinks at half of the peak, and no request is lost', { timeout: 150_000 }, async () => {
  const running = async () => (await cluster.nodes()).filter(({ pid }) => pid !== null).map(({ id }) => id);
  const scaled = async (wanted: string) => {
    const { code, stderr } = await tierlab('scale', wanted, ...cluster.flags);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return (await running()).filter((id) => id.startsWith('middle'));
  };
  const policy = async (wanted: string) =>
    expect(await tierlab('policy', wanted, ...cluster.flags)).toMatchObject({ code: 0 });
  const maxAttempts = async (id: string) => {
    const { opsPort } = await cluster.node(id);
    const inForce = await fetch(`http://127.0.0.1:${opsPort}/admin/policy`);
    return ((await inForce.json()) as { retry: { maxAttempts: number } }).retry.maxAttempts;
  };
  await policy('{"retry":{"maxAttempts":2}}');
  const { sent, outcomes } = await underLoad(async () => {
    expect(await scaled('middle=4')).toEqual(['middle-1', 'middle-2', 'middle-3', 'middle-4']);
    expect(await maxAttempts('middle-4')).toBe(2);
    expect(await scaled('middle=2')).toEqual(['middle-1', 'middle-2']);
    // Nodes that have left do not get this change, and must not bring the old policy back.
    await policy('{"retry":{"maxAttempts":4}}');
    expect(await scaled('middle=3')).toEqual(['middle-1', 'middle-2', 'middle-3']);
    expect(await maxAttempts('middle-3')).toBe(4);
  });
  await policy('resilient');
  expect(outcomes).toEqual({ 200: sent });
});

test.each([
  ['middle=5', /middle=5: the topology has places for 4/],
  ['middle=0', /a group and a number from 1/],
  ['nonsense=2', /there is no group nonsense; there are monitor, database/],
])('scale %s is refused', async (wanted, reason) => {
  const { code, stderr } = await tierlab('scale', wanted, ...cluster.flags);
  expect(stderr).toMatch(reason);
  expect(code).toBe(2);
});

test.each([
  [[], /--rolling for all that have a replica/],
  [['--rolling', '--node', 'middle-1'], /say which nodes/],
  [['--node', 'nonsense'], /no node nonsense; there are monitor-1/],
])('restart %j is refused', async (flags, reason) => {
  const { code, stderr } = await tierlab('restart', ...flags, ...cluster.flags);
  expect(stderr).toMatch(reason);
  expect(code).toBe(2);
});

test('another topology is applied at half of the peak, and no request is lost', { timeout: 150_000 }, async () => {
  const others = nodes.filter((group) => group.name !== 'middle');
  const apply = (...words: readonly string[]) => tierlab('apply', ...words, ...cluster.flags);
  const refused = await apply(topologyFile(dataDir, 'layers', nodes, { style: 'layered' }));
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/\bstyle\b/)]);
  // Nodes with the same components, so that a search costs as much as before.
  const centre = { name: 'centre', components: ['app', 'query', 'ranking', 'html'], replicas: 3 };
  const moved = topologyFile(dataDir, 'moved', [...others, centre]);
  const planned = (await apply(moved, '--dry-run')).stdout.trim().split('\n');
  expect(planned.filter((line) => !line.startsWith('+'))).toEqual([
    '- middle-1',
    '- middle-2',
    '- middle-3',
    '~ monitor-1 restarts twice',
  ]);
  const { sent, outcomes } = await underLoad(async () => {
    const { code, stderr } = await apply(moved);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
  const after = (await cluster.nodes()).map(({ id, state }) => `${id} ${state}`);
  const ids = 'monitor-1 database-1 database-2 database-3 door-1 centre-1 centre-2 centre-3'.split(' ');
  expect(after).toEqual(ids.map((id) => `${id} ready`));
  expect(outcomes).toEqual({ 200: sent });
  expect((await tierlab('status', ...cluster.flags)).stdout).toMatch(/^moved: 8 of 8 ready/);
  const pids = async () => (await cluster.nodes()).map(({ pid }) => pid);
  const running = await pids();
  expect(await apply(moved)).toMatchObject({ code: 0 });
  expect(await pids()).toEqual(running);
  // A node of the new topology that crashes is started again in it.
  process.kill((await cluster.node('centre-1')).pid!, 'SIGKILL');
  await until(async () => (await cluster.node('centre-1')).restarts === 1, 15_000);
  await until(async () => (await cluster.nodes()).every(({ state }) => state === 'ready'), 15_000);
  expect((await fetch(`${cluster.gateway}/api/search?q=dog`)).status).toBe(200);
});
