import { quoted } from '../../command-line.ts';
import type { Check } from '../facts.ts';
import { inMegabytes, megabyte } from '../size.ts';

/** The built-in data set takes 80 MB, and the files that its building needs about as much again. */
const forDataset = 250 * megabyte;
/** Logs, journals and states of a cluster. */
const forRunning = 50 * megabyte;

export const disk: Check = ({ freeDisk, hasDataset, place }) => {
  if (freeDisk === undefined) return [];
  const needed = forRunning + (hasDataset ? 0 : forDataset);
  const found = `${inMegabytes(freeDisk)} are free for ${place.dataDir}`;
  if (freeDisk >= needed) return [{ check: 'disk', level: 'ok', found }];
  return [
    {
      check: 'disk',
      level: 'problem',
      found: `${found}, but ${inMegabytes(needed)} are needed`,
      todo: `Delete old data sets, or use another disk with --data. Sizes: du -sh ${quoted(place.dataDir)}/*`,
    },
  ];
};
