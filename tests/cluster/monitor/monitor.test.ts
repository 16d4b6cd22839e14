import { beforeAll, expect, test } from 'vitest';
import type { Incident } from '../../../services/monitor/incident.ts';
import { uninjectedExit, type Score } from '../../../cli/incident-scoring.ts';
import type { View } from '../../../shared/membership/view.ts';
import { operator } from '../chaos/operator.ts';
import { dataFolder, startCluster, tierlab, until, type TestCluster } from '../../support/cluster.ts';

let dataDir: string;
beforeAll(async () => {
  const words = Array.from({ length: 5_000 }, (_, i) => `dog${i}`);
  dataDir = await dataFolder([{ id: 'dog', title: 'dog', body: words.join(' ') }]);
});

const start = (topology: string) => startCluster({ dataDir, topology, env: { TIERLAB_CHAOS: '1' } });

/** The monitor's public API, by whichever monitor answers. */
function monitorOf(cluster: TestCluster) {
  const get = async <T>(path: string): Promise<T> => {
    for (const offset of [100, 101]) {
      const response = await fetch(`http://127.0.0.1:${cluster.portBase + offset}${path}`).catch(() => undefined);
      if (response?.ok) return (await response.json()) as T;
    }
    throw new Error(`no monitor answers ${path}`);
  };
  const view = () => get<View>('/api/view');
  const incidents = async () => (await get<{ incidents: Incident[] }>('/api/incidents')).incidents;
  return {
    get,
    view,
    incidents,
    state: async (node: string) => (await view()).members.find((member) => member.node === node)?.state,
    /** The incident of `node`, once it is over. */
    over: (node: string, boundMs = 20_000) =>
      until(
        async () =>
          (await incidents()).findLast(
            (it) => it.node === node && (it.outcome === 'repaired' || it.outcome === 'passed'),
          ),
        boundMs,
      ),
  };
}

const pidOf = async (cluster: TestCluster, node: string) => (await cluster.nodes()).find(({ id }) => id === node)!.pid!;

test('a killed and a hung node are diagnosed and repaired; the incident log outlives its monitor', async () => {
  await using cluster = await start('tiny');
  const monitor = monitorOf(cluster);
  await until(async () => (await monitor.view()).members.every(({ state }) => state === 'alive'));

  const killedAt = Date.now();
  process.kill(await pidOf(cluster, 'ranking-1'), 'SIGKILL');
  const crash = (await monitor.over('ranking-1'))!;
  expect(crash).toMatchObject({ verdict: 'crashed', outcome: 'repaired' });
  expect(crash.stamps.detect - killedAt).toBeLessThan(2_000);

  const hungPid = await pidOf(cluster, 'html-1');
  const hungAt = Date.now();
  process.kill(hungPid, 'SIGSTOP');
  const hang = (await monitor.over('html-1'))!;
  expect(hang).toMatchObject({
    verdict: 'hung',
    outcome: 'repaired',
    orders: [{ order: 'restart', result: 'done' }],
  });
  expect(hang.stamps.diagnose! - hungAt).toBeLessThan(4_000);
  expect(await pidOf(cluster, 'html-1')).not.toBe(hungPid);
  for (const { stamps } of [crash, hang]) {
    const { manifest, detect, diagnose, fix, steady } = stamps;
    expect([manifest, detect, diagnose!, fix!, steady!]).toEqual(
      [manifest, detect, diagnose!, fix!, steady!].toSorted((a, b) => a - b),
    );
  }

  const before = await monitor.incidents();
  process.kill(await pidOf(cluster, 'monitor-1'), 'SIGKILL');
  await until(async () => {
    const after = await monitor.incidents().catch(() => []);
    return before.filter(({ outcome }) => outcome !== 'doubt').every(({ id }) => after.some((it) => it.id === id));
  });

  const flags = ['--port-base', String(cluster.portBase), '--data', dataDir];
  const shown = await tierlab('incidents', ...flags);
  expect(shown.stdout).toMatch(/ranking-1 +crashed/);
  expect(shown.stdout).toMatch(/html-1 +hung .*repaired +restart/);
  const books = await tierlab('availability', ...flags);
  expect(books.stdout).toMatch(/html-1 +\d\d\.\d+% .* 1 /);
  const score = JSON.parse((await tierlab('incidents', '--score', '--json', ...flags)).stdout) as Score;
  // The watchdog saw a process end without an order. It sees nothing of a hang by hand, so that has no known cause.
  expect(score.explained.filter(({ truth }) => truth.node === 'ranking-1')).toMatchObject([
    { truth: { kind: uninjectedExit }, incident: { verdict: 'crashed' } },
  ]);
  expect(score.falseAlarms.map(({ node }) => node).filter((node) => node !== 'monitor-1')).toEqual(['html-1']);
});

test('standbys take over what stays down: hot, warm and cold', { timeout: 120_000 }, async () => {
  await using cluster = await start('standbys');
  const monitor = monitorOf(cluster);
  const chaos = operator(cluster);
  // A lease that nobody renews would heal the faults.
  const renewal = setInterval(() => {
    chaos.order(cluster.portBase, 'POST', '/admin/faults/renew', { owner: 'test' }).catch(() => undefined);
  }, 1_000);
  cluster.process.once('exit', () => clearInterval(renewal));
  let asked = 0;
  // Another question each time: an answer from a cache would say nothing of who is there.
  const serving = async (): Promise<readonly string[]> => {
    const signal = AbortSignal.timeout(1_000);
    const response = await fetch(`${cluster.gateway}/api/search?q=dog${++asked}`, { signal }).catch(() => undefined);
    return ((await response?.json()) as { servedBy?: string[] } | undefined)?.servedBy ?? [];
  };
  await until(
    async () => (await monitor.state('ranking-2')) === 'standby' && (await monitor.state('database-2')) === 'standby',
  );
  await until(async () => (await serving()).includes('ranking-1'));

  for (const [kind, node, standby] of [
    ['hot', 'ranking-1', 'ranking-2'],
    ['warm', 'database-1', 'database-2'],
    ['cold', 'query-1', 'query-2'],
  ] as const) {
    const from = performance.now();
    const fault = {
      id: `gone-${node}`,
      kind: 'stop.kill',
      target: node,
      ttlMs: 60_000,
      owner: 'test',
      params: { downMs: 60_000 },
    };
    expect((await chaos.order(cluster.portBase, 'POST', '/admin/faults', fault)).status).toBe(200);
    await until(async () => (await serving()).includes(standby), 30_000);
    console.log(`${kind} standby serves ${((performance.now() - from) / 1_000).toFixed(2)} s after ${node} was lost`);
    await until(async () => (await monitor.state(standby)) === 'alive');
  }
  const { promotions } = await monitor.view();
  expect(promotions?.map(({ node, instead }) => `${node} for ${instead}`).toSorted()).toEqual([
    'database-2 for database-1',
    'query-2 for query-1',
    'ranking-2 for ranking-1',
  ]);
  expect(new Set(promotions?.map(({ token }) => token)).size).toBe(3);

  await chaos.order(cluster.portBase, 'POST', '/admin/halt', {});
  await until(async () => (await monitor.state('database-1')) === 'standby', 30_000);
  // The fence: whoever still calls the node that lost its place is refused.
  const { port } = (await cluster.nodes()).find(({ id }) => id === 'database-1')!;
  const call = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ids: ['dog'] }),
  };
  const refused = await until(() => fetch(`http://127.0.0.1:${port}/rpc/database/pages`, call).catch(() => undefined));
  expect(await refused!.json()).toMatchObject({
    code: 'unavailable',
    detail: expect.stringMatching(/^database-1\b.*\bdatabase-2\b.*\btoken \d/) as string,
  });
});

test('repair orders need the operator, an existing node and a living reason', async () => {
  await using cluster = await start('tiny');
  const chaos = operator(cluster);
  const order = (body: object) => chaos.order(cluster.portBase, 'POST', '/repairs', body);
  const base = { id: 'r-1', by: 'test', do: 'restart', node: 'html-1' };
  const bare = await fetch(`http://127.0.0.1:${cluster.portBase}/repairs`, {
    method: 'POST',
    body: JSON.stringify(base),
  });
  expect(bare.status).toBe(401);
  expect((await order({ ...base, node: 'nobody-1' })).status).toBe(404);
  expect((await order({ ...base, do: 'explode' })).status).toBe(400);
  expect((await order({ ...base, incarnation: 1 })).body).toMatchObject({ result: 'stale' });
  const pid = await pidOf(cluster, 'html-1');
  expect((await order({ ...base, id: 'r-2', incarnation: Date.now() })).body).toMatchObject({ result: 'done' });
  expect((await order({ ...base, id: 'r-2', incarnation: Date.now() })).body).toMatchObject({ result: 'already' });
  await until(async () =>
    (await cluster.nodes()).some(({ id, state, pid: now }) => id === 'html-1' && state === 'ready' && now !== pid),
  );
  expect((await order({ ...base, id: 'r-3', incarnation: Date.now() })).status).toBe(429);
  await chaos.order(cluster.portBase, 'POST', '/nodes/html-1/stop', {});
  expect((await order({ ...base, id: 'r-4', incarnation: Date.now() })).status).toBe(409);
});
