/**
 * A cluster without any fault: no request may fail, no node may be accused, and none may be restarted. It runs just
 * after the start, when it is warm, and while another program uses both cores in bursts. `--minutes` is the time of
 * each load, 10 by default.
 */
import { expect, test } from 'vitest';
import { dataFolder, startCluster } from '../support/cluster.ts';
import { peakOf, quietLoad, startBursts, type QuietResult } from '../support/quiet.ts';
import { tortureMinutes } from './torture-options.ts';

const seconds = Math.round(60 * tortureMinutes(10));
/** Searches per second, or shares of the measured peak. */
const rates = ['30/s', '100/s', '30%', '60%', '90%'];

const wrong: string[] = [];
function row(name: string, { sent, failed, failures, incidents, restarts }: QuietResult): void {
  const counts = `sent ${sent}, failed ${failed}${failures}, incidents ${incidents.length}, restarts ${restarts}`;
  const line = `${name.padEnd(22)} ${counts}`;
  process.stdout.write(`${line}\n`);
  if (failed + incidents.length + restarts > 0) wrong.push([line, ...incidents].join('\n  '));
}

async function measuredPeak(dataDir: string): Promise<number> {
  await using cluster = await startCluster({ dataDir, topology: 'multitier' });
  return await peakOf(cluster);
}

test('a cluster in which nothing is broken', { timeout: 16 * seconds * 1_000 + 1_200_000 }, async () => {
  const dataDir = await dataFolder();
  const peak = await measuredPeak(dataDir);
  process.stdout.write(`peak ${peak}/s\n`);
  for (const rate of rates) {
    const perSecond = rate.endsWith('%') ? Math.round((peak * parseInt(rate, 10)) / 100) : parseInt(rate, 10);
    await using cluster = await startCluster({ dataDir, topology: 'multitier' });
    row(`${rate} fresh`, await quietLoad(cluster, perSecond, seconds));
    row(`${rate} warm`, await quietLoad(cluster, perSecond, seconds));
    // Above a third of the peak, bursts and load together need more than the machine has.
    if (perSecond > peak / 3) continue;
    using _bursts = startBursts();
    row(`${rate} with bursts`, await quietLoad(cluster, perSecond, seconds));
  }
  expect(wrong).toEqual([]);
});
