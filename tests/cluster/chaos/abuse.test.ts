import { afterEach, beforeAll, expect, test } from 'vitest';
import { dataFolder, startCluster, tierlab, until, type NodeRow, type TestCluster } from '../../support/cluster.ts';
import { operator, send, type Answer } from './operator.ts';
import { pages } from './pages.ts';

let cluster: TestCluster;
let it: ReturnType<typeof operator>;
let nodes: Readonly<Record<string, NodeRow>>;

beforeAll(async () => {
  cluster = await startCluster({ dataDir: await dataFolder(pages), env: { TIERLAB_CHAOS: '1' } });
  it = operator(cluster);
  nodes = Object.fromEntries((await cluster.nodes()).map((node) => [node.id, node]));
});

/** Every place that can hold faults: the watchdog and all ops ports. */
const places = () => [cluster.portBase, ...Object.values(nodes).map(({ opsPort }) => opsPort)];
/**
 * Asks again until all places answer: only an answer proves that no fault is left. A node may be down for a moment,
 * because monitors restart a hung one. The control node may stay down.
 */
async function inEffect() {
  const control = nodes['control-1']!.opsPort;
  const ask = async (port: number) =>
    port === control
      ? it.faults(port).catch(() => ({ active: [] }))
      : (await until(() => it.faults(port).catch(() => undefined)))!;
  return (await Promise.all(places().map(ask))).flatMap(({ active }) => active);
}
afterEach(async () => {
  await Promise.all(places().map((port) => it.order(port, 'POST', '/admin/halt').catch(() => undefined)));
  await until(async () => (await it.halt().catch(() => undefined))?.status === 200, 30_000);
  expect(await inEffect()).toEqual([]);
}, 45_000);

/** A valid request. Each refusal below is for the part that the case changes. */
const limp = {
  kind: 'limp.latency',
  target: 'ranking-1',
  ttlMs: 20_000,
  params: { meanMs: 50 },
  beyondTolerance: true,
};
const direct = { ...limp, id: 'direct', owner: 'somebody', beyondTolerance: undefined };

const intruders: readonly [string, Readonly<Record<string, string>>, readonly number[]][] = [
  ['nobody in particular', {}, [401]],
  ['somebody with another token', { authorization: 'Bearer guessed' }, [401, 403]],
  ['a page of another origin', { origin: 'http://evil.example' }, [403]],
  ['a page that calls this machine its own name', { host: 'evil.example:80', origin: 'http://evil.example:80' }, [403]],
];
test.each(intruders)('%s breaks, heals and halts nothing, at no door', async (_who, forged, statuses) => {
  const own = forged.authorization === undefined && forged.origin !== undefined ? it.headers : {};
  const headers = { ...own, ...forged };
  const attempts: Promise<Answer>[] = [
    send(it.control, 'POST', '/api/chaos/faults', { headers, body: limp }),
    send(it.control, 'POST', '/api/chaos/halt', { headers, body: {} }),
    send(it.control, 'DELETE', '/api/chaos/faults/direct', { headers }),
    send(it.control, 'POST', '/api/chaos/experiments', { headers, body: {} }),
    ...[cluster.portBase, nodes['ranking-1']!.opsPort].flatMap((port) => [
      send(port, 'POST', '/admin/faults', { headers, body: direct }),
      send(port, 'POST', '/admin/halt', { headers }),
      send(port, 'GET', '/admin/faults', { headers }),
    ]),
  ];
  for (const { status, body } of await Promise.all(attempts)) {
    expect(statuses).toContain(status);
    expect(body.detail).toMatch(/token|origin|pages|host/);
  }
  expect(await inEffect()).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ['an empty selector', { target: {} }, /target has no condition/],
  ['a target that does not exist', { target: 'ranking-99' }, /no node ranking-99/],
  ['an unknown parameter', { params: { meanMs: 5, mode: 'fast' } }, /mode/],
])('%s is refused with a sentence, and nothing is broken', async (_what, wrong, sentence) => {
  const { status, body } = await it.inject({ ...limp, ...wrong });
  expect([status, body.detail]).toEqual([400, expect.stringMatching(sentence)]);
  expect(JSON.stringify(body)).not.toMatch(/\.ts:|node_modules/);
  expect(await inEffect()).toEqual([]);
});

test('a second fault, and a victim more than its group tolerates, need the word beyondTolerance', async () => {
  const alone = await it.inject({ ...limp, beyondTolerance: false });
  expect([alone.status, alone.body.detail]).toEqual([409, expect.stringMatching(/tolerates the loss of 0/)]);
  expect((await it.inject(limp)).status).toBe(200);
  const second = await it.inject({ ...limp, target: 'query-1', beyondTolerance: false });
  expect([second.status, second.body.detail]).toEqual([
    409,
    expect.stringMatching(/\blimp\.latency\b.*\bbeyondTolerance\b/),
  ]);
  expect((await inEffect()).map(({ fault }) => fault.target)).toEqual(['ranking-1']);
});

test('what is injected while everything is being stopped is refused or healed', async () => {
  const answers = await Promise.all([
    it.inject(limp),
    it.halt(),
    ...Array.from({ length: 5 }, () => it.inject(limp)),
    it.halt(),
  ]);
  expect(answers.filter(({ status }) => ![200, 409].includes(status))).toEqual([]);
  await it.halt();
  expect(await inEffect()).toEqual([]);
});

test('a fault in a node or in the watchdog ends when its owner stops renewing the lease', async () => {
  await it.order(nodes['ranking-1']!.opsPort, 'POST', '/admin/faults', direct);
  const params = { share: 0.3, periodMs: 500 };
  const slow = { id: 'h', kind: 'limp.cpu', target: 'html-1', ttlMs: 60_000, owner: 'somebody', params };
  expect((await it.order(cluster.portBase, 'POST', '/admin/faults', slow)).status).toBe(200);
  const endOf = async (port: number) => (await it.faults(port)).ended.at(-1)?.end;
  await until(async () => (await endOf(nodes['ranking-1']!.opsPort)) === 'lease', 20_000);
  await until(async () => (await endOf(cluster.portBase)) === 'lease', 20_000);
  const health = () => send(nodes['html-1']!.opsPort, 'GET', '/health').catch(() => undefined);
  await until(async () => (await health())?.status === 200, 20_000);
}, 60_000);

test('a controller that is killed in mid-fault heals, in its next life, what it left behind', async () => {
  expect((await it.inject({ ...limp, ttlMs: 120_000 })).status).toBe(200);
  await it.order(cluster.portBase, 'POST', '/nodes/control-1/kill');
  await until(async () => (await inEffect()).length === 0, 20_000);
  const journal = () => send(it.control, 'GET', '/api/chaos/journal?count=20').catch(() => undefined);
  const ends = await until(async () => {
    const entries = (await journal())?.body as unknown as { event: string; end?: string }[] | undefined;
    const found = entries?.filter?.(({ event }) => event === 'heal').map(({ end }) => end);
    return found?.includes('recovered') ? found : undefined;
  }, 30_000);
  expect(ends).toContain('recovered');
}, 60_000);

test('halt works without the controller, at nodes and watchdog alike', async () => {
  await it.order(cluster.portBase, 'POST', '/nodes/control-1/stop');
  await it.order(nodes['ranking-1']!.opsPort, 'POST', '/admin/faults', direct);
  const hang = { id: 'h', kind: 'stop.hang', target: 'html-1', ttlMs: 60_000, owner: 'somebody' };
  await it.order(cluster.portBase, 'POST', '/admin/faults', hang);
  expect((await it.faults(cluster.portBase)).active).toHaveLength(1);
  const halted = await tierlab('chaos', 'halt', ...cluster.flags);
  await it.order(cluster.portBase, 'POST', '/nodes/control-1/start');
  expect([halted.code, halted.stdout]).toEqual([0, expect.stringMatching(/\n.*\bcontroller\b.*\bnot\b/)]);
  expect(await inEffect()).toEqual([]);
}, 60_000);

test('where the controller hangs in mid-fault, nothing is left in effect', async () => {
  expect((await it.inject({ ...limp, ttlMs: 120_000 })).status).toBe(200);
  await it.order(cluster.portBase, 'POST', '/nodes/control-1/pause');
  await until(async () => (await inEffect()).length === 0, 30_000);
  await it.order(cluster.portBase, 'POST', '/nodes/control-1/resume').catch(() => undefined);
}, 60_000);
