import { sleep, systemScheduler } from '../shared/time/scheduler.ts';
import { CommandError } from './errors.ts';

interface Waiting {
  readonly boundMs: number;
  readonly everyMs: number;
  /** The sentence of the error when the time is over. */
  readonly late: string;
}

/** Looks again and again until there is a value; at least once. Throws CommandError when `boundMs` are over. */
export async function waitUntil<T>(
  look: () => Promise<T | undefined>,
  { boundMs, everyMs, late }: Waiting,
): Promise<T> {
  const giveUpAt = performance.now() + boundMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > giveUpAt) throw new CommandError(late);
    await sleep(systemScheduler, everyMs);
  }
}
