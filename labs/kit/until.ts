import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { LabUnknownError } from '../runner/errors.ts';

/** Asks every `pollMs` until there is no `problem`. If there still is one after `boundMs`, the run is UNKNOWN. */
export async function untilNo(
  problem: () => Promise<string | undefined>,
  { boundMs, pollMs, signal }: { readonly boundMs: number; readonly pollMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const found = await problem();
    if (found === undefined) return;
    if (performance.now() - startedAt > boundMs)
      throw new LabUnknownError(`after ${boundMs / 1_000} s ${found}`, 'run the lab again');
    await sleep(systemScheduler, pollMs, signal);
  }
}
