import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dataFolder, startCluster, tierlab, type TestCluster } from '../../support/cluster.ts';
import { pages } from './pages.ts';

/** One of each family, and `none`. `npm run torture` runs them all, and waits for the diagnosis of the monitors. */
const kinds = [
  'none',
  'stop.refuse',
  'limp.latency',
  'limp.dribble',
  'byz.rank',
  'byz.twin',
  'net.reset',
  'net.duplicate',
  'clock.skew',
];

let cluster: TestCluster;
beforeAll(async () => {
  const topology = path.join(import.meta.dirname, 'replicated.json');
  cluster = await startCluster({ dataDir: await dataFolder(pages), topology, env: { TIERLAB_CHAOS: '1' } });
});

interface Row {
  readonly kind: string;
  readonly applied: boolean;
  readonly healed: boolean;
  readonly masked: boolean;
  readonly detectedAs: string | null;
  readonly detectionMs: number | null;
  readonly users: { readonly asked: number; readonly wrong: number };
}

async function matrix(...options: string[]): Promise<{ rows: Row[]; code: unknown; stderr: string }> {
  const { stdout, stderr, code } = await tierlab('chaos', 'matrix', '--json', ...options, ...cluster.flags);
  return { rows: JSON.parse(stdout) as Row[], code, stderr };
}

test('a process that is gone is named as crashed, by a cluster that is asked to wait for its diagnosis', async () => {
  const { rows, code, stderr } = await matrix('--wait', '10s', '--kinds', 'stop.kill');
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(rows).toEqual([
    expect.objectContaining({ kind: 'stop.kill', applied: true, healed: true, detectedAs: 'crashed' }),
  ]);
  expect(rows[0]!.detectionMs).toBeLessThan(10_000);
}, 60_000);

test('each family of faults has its effect on live processes, no answer is wrong, and all of it ends', async () => {
  const { rows, code, stderr } = await matrix('--wait', '0s', '--kinds', kinds.join(','));
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(rows.map(({ kind, applied, healed }) => ({ kind, applied, healed }))).toEqual(
    kinds.map((kind) => ({ kind, applied: true, healed: true })),
  );
  expect(rows.filter(({ users }) => users.wrong > 0).map(({ kind }) => kind)).toEqual([]);
  expect(rows.reduce((sum, { users }) => sum + users.asked, 0)).toBeGreaterThan(10);
  for (const row of rows) {
    expect(row).toHaveProperty('masked', expect.any(Boolean));
    expect([typeof row.detectedAs, row.detectedAs]).toContain(row.detectedAs === null ? null : 'string');
    expect([typeof row.detectionMs, row.detectionMs]).toContain(row.detectionMs === null ? null : 'number');
  }
}, 110_000);
