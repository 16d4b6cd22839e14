import { fileURLToPath } from 'node:url';
import type { Row } from '../row.ts';
import { closedCost } from './closed-cost.ts';
import { openLateness } from './open-lateness.ts';
import { stall } from './stall.ts';

/** Rows 13 to 15 of docs/performance.md. */
export async function loadgen(say: (line: string) => void): Promise<readonly Row[]> {
  return [...(await closedCost(say)), ...(await openLateness(say)), ...(await stall(say))];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await loadgen((text) => process.stderr.write(`${text}\n`));
  process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
}
