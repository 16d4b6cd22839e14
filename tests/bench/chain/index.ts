import type { Bench } from '../row.ts';
import { hop } from './hop.ts';
import { throughput } from './throughput.ts';

/** What the middleware costs, against the same work without it. */
export const chainBenches: readonly Bench[] = [
  { only: 'chain', run: throughput },
  { only: 'hop', run: hop },
];
