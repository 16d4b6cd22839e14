/**
 * A cluster under half of its peak without any fault, for `--minutes` (30 by default). No request may fail, no node may
 * be accused, and the memory of the processes must stay flat.
 */
import { expect, test } from 'vitest';
import { dataFolder, startCluster, type NodeRow } from '../support/cluster.ts';
import { peakOf, quietLoad } from '../support/quiet.ts';
import { tortureMinutes } from './torture-options.ts';

const seconds = Math.round(60 * tortureMinutes(30));
const sampleMs = 5_000;
/** The difference that garbage collection makes between two samples. */
const tolerance = 1.1;

/** Resident memory of all nodes, MB. */
async function memoryOf(nodes: readonly NodeRow[]): Promise<number> {
  const sizes = await Promise.all(
    nodes.map(async ({ opsPort }) => {
      const metrics = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
      return Number(/^process_resident_memory_bytes\S* (\S+)/m.exec(metrics)?.[1] ?? Number.NaN);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('a cluster that is left alone', { timeout: seconds * 1_000 + 900_000 }, async () => {
  const dataDir = await dataFolder();
  const cluster = await startCluster({ dataDir, topology: 'multitier' });
  const rate = Math.round((await peakOf(cluster)) / 2);
  const nodes = await cluster.nodes();
  const memory: number[] = [];
  const sampler = setInterval(() => void memoryOf(nodes).then((mb) => memory.push(mb)), sampleMs);
  const result = await quietLoad(cluster, rate, seconds).finally(() => clearInterval(sampler));
  // In the first half, caches fill and code is compiled.
  const half = memory.slice(memory.length / 2);
  const [before, after] = [half.slice(0, half.length / 2), half.slice(half.length / 2)].map(mean) as [number, number];
  process.stdout.write(
    `${seconds} s at ${rate}/s: sent ${result.sent}, failed ${result.failed}${result.failures}, ` +
      `incidents ${result.incidents.length}, restarts ${result.restarts}, ` +
      `memory ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB\n`,
  );
  expect(result).toMatchObject({ failed: 0, incidents: [], restarts: 0 });
  expect(after).toBeLessThan(tolerance * before);
});
