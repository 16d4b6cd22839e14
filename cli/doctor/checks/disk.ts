import { quoted } from '../../command-line.ts';
import type { DoctorCheck } from '../facts.ts';
import { inMegabytes, megabyte } from '../size.ts';

/** Measured: the built-in data set takes 78 MB in two shards, and no more while it is built. */
const forDataset = 100 * megabyte;
/** Logs, journals and states of a cluster: 1 MB after a minute; a journal of faults grows to 8 MB. Chosen. */
const forRunning = 50 * megabyte;

export const disk: DoctorCheck = ({ freeDisk, hasDataset, place }) => {
  if (freeDisk === undefined) return [];
  const needed = forRunning + (hasDataset ? 0 : forDataset);
  const found = `${inMegabytes(freeDisk)} are free for ${place.dataDir}`;
  if (freeDisk >= needed) return { check: 'disk', level: 'ok', found };
  return {
    check: 'disk',
    level: 'problem',
    found: `${found}, but ${inMegabytes(needed)} are needed`,
    todo: `Delete old data sets, or use another disk with --data. Sizes: du -sh ${quoted(place.dataDir)}/*`,
  };
};
