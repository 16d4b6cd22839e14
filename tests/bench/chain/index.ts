import type { Bench } from '../row.ts';
import { hop } from './hop.ts';

/** What the middleware costs, against the same work without it. */
export const chainBenches: readonly Bench[] = [{ only: 'hop', run: hop }];
