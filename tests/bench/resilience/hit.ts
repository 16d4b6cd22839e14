import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import type { Bed, Way } from './bed.ts';
import type { Felt } from './load.ts';

const seconds = 4;
/**
 * When the fault begins, ms after the start of the load generator. This is a time and not a condition: the arrivals
 * follow the clock, and questions about their progress would be load of their own.
 */
const afterMs = 1_200;

/**
 * Tiers with more than one node: whoever loses the only node of a tier must fail. Users call the first gateway; when
 * gateways are hit, they come through the client.
 */
export const tiers = ['database', 'query', 'ranking', 'html', 'app', 'gateway', 'monitor'];

export const wayBy = (tier: string): Way => (tier === 'gateway' ? 'pages' : 'searches');

/** Half of the peak of each way that users of these tiers take, requests per second. A peak near 0 is no load. */
export async function halfOfPeak({ peak }: Bed, hit: readonly string[]): Promise<Readonly<Record<Way, number>>> {
  const rates = { searches: 0, pages: 0 };
  for (const way of new Set(hit.map(wayBy))) rates[way] = Math.max(10, (await peak(way)).goodput / 2);
  return rates;
}

/** The results of users, while a fault begins in the middle of their load. */
export async function hit({ load }: Bed, way: Way, rate: number, fault: () => unknown): Promise<Felt> {
  const running = load[way]({ rate, seconds });
  await sleep(systemScheduler, afterMs);
  await fault();
  return running;
}

/** Reads that were refused, failed or were answered wrongly. */
export const bad = ({ failed, wrong }: Felt): number => failed + wrong;
