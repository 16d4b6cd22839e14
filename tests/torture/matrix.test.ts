import { beforeAll, expect, test } from 'vitest';
import { faultKinds } from '../../shared/faults/kinds.ts';
import { dataFolder, startCluster, tierlab, type TestCluster } from '../support/cluster.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ dataDir: await dataFolder(), topology: 'multitier', env: { TIERLAB_CHAOS: '1' } });
}, 240_000);

interface Row {
  readonly kind: string;
  readonly applied: boolean;
  readonly masked: boolean;
  readonly healed: boolean;
  readonly detectedAs: string | null;
  readonly detectionMs: number | null;
  readonly users: { readonly wrong: number };
}

test('each kind of fault has its effect on the default cluster, no answer is wrong, and all of it ends', async () => {
  const { stdout } = await tierlab('chaos', 'matrix', '--json', ...cluster.flags);
  const rows = JSON.parse(stdout) as Row[];
  for (const { kind, applied, masked, healed, detectedAs, detectionMs } of rows) {
    const detected = detectedAs === null ? 'not detected' : `${detectedAs} after ${detectionMs} ms`;
    const said = [
      applied ? 'applied' : 'NOT APPLIED',
      masked ? 'masked' : 'not masked',
      healed ? 'healed' : 'NOT HEALED',
    ];
    process.stdout.write(`${kind.padEnd(20)} ${said.join(', ')}, ${detected}\n`);
  }
  const count = (of: (row: Row) => boolean) => `${rows.filter(of).length} of ${rows.length}`;
  process.stdout.write(
    `applied ${count((row) => row.applied)}, masked ${count((row) => row.masked)}, ` +
      `healed ${count((row) => row.healed)}\n`,
  );
  expect(rows.map(({ kind, applied, healed }) => ({ kind, applied, healed }))).toEqual(
    rows.map(({ kind }) => ({ kind, applied: true, healed: true })),
  );
  expect(rows.map(({ kind }) => kind).toSorted()).toEqual([...faultKinds.keys()].toSorted());
  expect(rows.filter(({ users }) => users.wrong > 0).map(({ kind }) => kind)).toEqual([]);
});
