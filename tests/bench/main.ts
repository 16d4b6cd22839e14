import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { line, writeReport } from './report.ts';
import type { Bench, Row } from './row.ts';

/** Every group of figures; a module is loaded when its turn comes. */
const benches: Readonly<Record<string, () => Promise<readonly Bench[]>>> = {
  chain: async () => (await import('./chain/index.ts')).chainBenches,
  start: async () => (await import('./cluster/index.ts')).clusterBenches,
  index: async () => (await import('./index/index.ts')).indexRows,
  loadgen: async () => (await import('./loadgen/index.ts')).loadgenRows,
};

const { values } = parseArgs({ options: { only: { type: 'string' }, out: { type: 'string', default: 'reports/bench' } } });
const only = values.only?.split(',');
const unknown = only?.filter((name) => !Object.hasOwn(benches, name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(`bench: there is no ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}

const rows: Row[] = [];
for (const [name, load] of Object.entries(benches)) {
  if (only && !only.includes(name)) continue;
  for (const bench of await load()) {
    process.stderr.write(`${bench.only} ...\n`);
    for (const row of await bench.run((text) => process.stderr.write(`  ${text}\n`))) {
      rows.push(row);
      process.stdout.write(`${line(row)}\n`);
    }
  }
}
const cores = availableParallelism();
writeReport(values.out, { rows, node: process.version, cores, at: new Date().toISOString() });
process.stdout.write(
  `Node.js ${process.version}, ${cores} cores; ${path.join(values.out, 'index.html')} and bench.json are written\n`,
);
process.exit(0);
