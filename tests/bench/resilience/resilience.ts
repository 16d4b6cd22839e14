import type { Row } from '../row.ts';
import { onBed } from './bed.ts';
import { crashes } from './crashes.ts';
import { inWords } from './load.ts';
import { limps, overload, storm } from './strain.ts';

/**
 * Rows 12 and 21: resilient against naive, on the live default cluster at half of its peak, with crashes, hung and slow
 * nodes, and storms.
 */
export function resilience(say: (line: string) => void): Promise<readonly Row[]> {
  return onBed(
    say,
    async (bed) => {
      const { load } = bed;
      await load.pages({ users: 8, seconds: 3 });
      await load.searches({ users: 16, seconds: 4 });
      const quiet = await load.searches({ users: 1, seconds: 2 });
      say(`one user: ${inWords(quiet)}`);
      const rows: Row[] = [];
      for (const measure of [crashes, limps, overload, storm]) rows.push(...(await measure(bed, quiet)));
      return rows;
    },
    '--chaos',
  );
}
