import { fileURLToPath } from 'node:url';
import type { Bench } from '../row.ts';
import { closedCost } from './closed-cost.ts';
import { openLateness } from './open-lateness.ts';
import { stall } from './stall.ts';

/** NUMBERS rows 13 to 15. */
export const loadgenRows: readonly Bench[] = [
  { only: 'loadgen', run: async (say) => [...(await closedCost(say)), ...(await openLateness(say)), ...(await stall(say))] },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const bench of loadgenRows) {
    const rows = await bench.run((text) => process.stderr.write(`${text}\n`));
    process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  }
}
