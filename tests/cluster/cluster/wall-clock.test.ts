import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Incident } from '../../../services/monitor/incident.ts';
import type { View } from '../../../shared/membership/view.ts';
import { dataFolder, startCluster, tierlab, until, type TestCluster } from '../../support/cluster.ts';

const hourMs = 3_600_000;
const dataDir = await dataFolder([{ id: 'dog', title: 'dog', body: 'a domestic animal that barks' }]);

/** A cluster of which every process, whenever it starts, reads a wall clock that `set` moves. */
async function startWithWallClock() {
  const file = path.join(dataDir, 'clock-offset');
  const set = (offsetMs: number): void => writeFileSync(file, String(offsetMs));
  set(0);
  const moved = `
    import { readFileSync } from 'node:fs';
    const now = Date.now;
    Date.now = () => now() + Number(readFileSync(${JSON.stringify(file)}, 'utf8'));
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...given) { super(...(given.length === 0 ? [RealDate.now()] : given)); }
    };`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(moved)}` };
  return { ...(await startCluster({ dataDir, env })), set };
}

/** A node that dies and starts again before the monitor has heard from it leaves no incident. */
async function heardFromAll(cluster: TestCluster): Promise<void> {
  await until(async () => {
    const response = await fetch(`http://127.0.0.1:${cluster.portBase + 100}/api/view`);
    const { members } = (await response.json()) as View;
    return members.length > 0 && members.every(({ state }) => state === 'alive');
  });
}

async function incidents(cluster: TestCluster): Promise<{ since: number; at: number; incidents: Incident[] }> {
  const response = await fetch(`http://127.0.0.1:${cluster.portBase + 100}/api/incidents`);
  return (await response.json()) as { since: number; at: number; incidents: Incident[] };
}

async function killed(cluster: TestCluster, node: string): Promise<Incident> {
  const pid = async () => (await cluster.nodes()).find(({ id }) => id === node)!.pid!;
  process.kill(await pid(), 'SIGKILL');
  const over = (it: Incident) => it.node === node && it.outcome !== 'open';
  return (await until(async () => (await incidents(cluster)).incidents.find(over), 20_000))!;
}

test('with the wall clock an hour back, then a day ahead, killed nodes are called crashed and come back', async () => {
  await using cluster = await startWithWallClock();
  await heardFromAll(cluster);
  for (const [offsetMs, nodes] of [
    [-hourMs, ['ranking-1', 'html-1']],
    [25 * hourMs, ['query-1', 'app-1']],
  ] as const) {
    cluster.set(offsetMs);
    for (const node of nodes) {
      const incident = await killed(cluster, node);
      expect(incident).toMatchObject({ verdict: 'crashed', outcome: 'repaired' });
      const { manifest, steady } = incident.stamps;
      expect(steady! - manifest).toBeGreaterThan(0);
      expect(steady! - manifest).toBeLessThan(20_000);
    }
    const { since, at } = await incidents(cluster);
    expect(at - since).toBeGreaterThan(0);
    expect(at - since).toBeLessThan(120_000);
    const told = await tierlab('incidents', '--port-base', String(cluster.portBase));
    expect(told.stdout).toMatch(/incidents? in \d/);
  }
  const answer = (await (await fetch(`${cluster.gateway}/api/search?q=dog`)).json()) as { total: number };
  expect(answer.total).toBe(1);
}, 120_000);
