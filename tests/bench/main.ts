import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { line, writeReport } from './report.ts';
import type { Bench, Row } from './row.ts';

/** The groups of figures, by the name that `--only` takes. A module is loaded when its group runs. */
const benches: Readonly<Record<string, () => Promise<Bench['run']>>> = {
  chain: async () => (await import('./chain/throughput.ts')).throughput,
  hop: async () => (await import('./chain/hop.ts')).hop,
  start: async () => (await import('./cluster/start.ts')).start,
  'first-start': async () => (await import('./cluster/first-start.ts')).firstStart,
  idle: async () => (await import('./cluster/idle.ts')).idle,
  tail: async () => (await import('./tail/tail.ts')).tail,
  resilience: async () => (await import('./resilience/resilience.ts')).resilience,
  harmless: async () => (await import('./resilience/harmless.ts')).harmless,
  kills: async () => (await import('./resilience/kills-at-half.ts')).killsAtHalf,
  simulator: async () => (await import('./simulator/simulator.ts')).simulator,
  triples: async () => (await import('./cluster/triples.ts')).triples,
  index: async () => (await import('./index/index.ts')).index,
  'index-large': async () => (await import('./index/large.ts')).largeIndex,
  loadgen: async () => (await import('./loadgen/index.ts')).loadgen,
};

/** They run when they are named, and with `--full`. */
const long = new Set(['kills', 'index-large']);

function namesOf(text: string): string[] {
  const names = text.split(',');
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no ${unknown}; there are ${Object.keys(benches).join(', ')}.`);
  return names;
}

const {
  only,
  full = false,
  out,
} = new Command('npm run bench --')
  .description('the figures of docs/performance.md, each compared with a reference or with its goal')
  .option('--only <names>', `some groups of figures: ${Object.keys(benches).join(', ')}`, namesOf)
  .option('--full', `the long forms, too: four rates of harmless, and ${[...long].join(', ')}`)
  .option('--out <folder>', 'where index.html and bench.json are written', 'reports/bench')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ only?: string[]; full?: true; out: string }>();

// Data folders are removed at the exit, also after Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
const rows: Row[] = [];
const took: Record<string, number> = {};
for (const [name, load] of Object.entries(benches)) {
  if (only ? !only.includes(name) : long.has(name) && !full) continue;
  process.stderr.write(`${name} ...\n`);
  const run = await load();
  const startedAt = performance.now();
  for (const row of await run((text) => process.stderr.write(`  ${text}\n`), full)) {
    rows.push(row);
    process.stdout.write(`${line(row)}\n`);
  }
  took[name] = Math.round((performance.now() - startedAt) / 1_000);
  process.stderr.write(`  ${name} took ${took[name]} s\n`);
}
const cores = availableParallelism();
const sum = Object.values(took).reduce((all, each) => all + each, 0);
process.stdout.write(
  `seconds: ${Object.entries(took)
    .map(([name, each]) => `${name} ${each}`)
    .join(', ')}; in all ${sum} (${(sum / 60).toFixed(1)} minutes)\n`,
);
writeReport(out, { rows, node: process.version, cores, at: new Date().toISOString() });
process.stdout.write(
  `Node.js ${process.version}, ${cores} cores; ${path.join(out, 'index.html')} and bench.json are written\n`,
);
process.exit(0);
