import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultKinds } from '../../shared/faults/kinds.ts';
import { dataFolder, startCluster, tierlab, type TestCluster } from '../support/cluster.ts';

let data: Awaited<ReturnType<typeof dataFolder>>;
let cluster: TestCluster;
beforeAll(async () => {
  data = await dataFolder();
  cluster = await startCluster({ dataDir: data.dir, topology: 'multitier', env: { TIERLAB_CHAOS: '1' } });
}, 240_000);
afterAll(async () => {
  await cluster.stop('SIGTERM');
  data.remove();
});

interface Row {
  readonly kind: string;
  readonly applied: boolean;
  readonly healed: boolean;
  readonly users: { readonly wrong: number };
}

test('every kind of fault has its effect on the default cluster, gives no user a wrong answer, and is gone afterwards', async () => {
  const common = ['--port-base', String(cluster.portBase), '--data', data.dir];
  const { stdout } = await tierlab('chaos', 'matrix', '--json', ...common);
  const rows = JSON.parse(stdout) as Row[];
  expect(rows.map(({ kind, applied, healed }) => ({ kind, applied, healed }))).toEqual(
    rows.map(({ kind }) => ({ kind, applied: true, healed: true })),
  );
  expect(rows.map(({ kind }) => kind).toSorted()).toEqual([...faultKinds.keys()].toSorted());
  expect(rows.filter(({ users }) => users.wrong > 0).map(({ kind }) => kind)).toEqual([]);
});
