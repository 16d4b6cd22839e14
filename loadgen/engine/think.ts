import type { Random } from '../../shared/time/random.ts';
import type { Think } from '../options/plan.ts';

/** One pause, ms. */
export function drawThink(think: Think, random: Random): number {
  switch (think.kind) {
    case 'none':
      return 0;
    case 'fixed':
      return think.ms;
    case 'exponential':
      return -Math.log(1 - random.next()) * think.meanMs;
  }
}
