import { RpcError } from '../../rpc/errors.ts';
import type { Clock } from '../../time/clock.ts';
import { sleep, type Scheduler } from '../../time/scheduler.ts';
import type { Child } from './child.ts';

/**
 * The time until no caller uses the node, ms. The node tells the monitors at once. The next heartbeat of each caller
 * brings back the new view: that takes at most 500 ms, and the rest is reserve.
 */
const drainMs = 1_500;
/** A node that is not ready after this time has failed to start, ms. */
const startBoundMs = 30_000;
const lookEveryMs = 20;

interface DrainOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** The time for requests under way, ms. */
  readonly graceMs: number;
}

/**
 * Waits until callers no longer use the node, and restarts it, so that no request meets a closed port. Resolves when
 * the new process is ready.
 *
 *   serving -> draining: the view says so, callers turn to other nodes -> stopped -> started -> ready
 */
export async function restartDrained(child: Child, options: DrainOptions): Promise<void> {
  const { clock, scheduler } = options;
  await stopDrained(child, options);
  child.start();
  const giveUpAt = clock.now() + startBoundMs;
  while (child.state().state !== 'ready') {
    if (clock.now() > giveUpAt)
      throw new RpcError('unavailable', `${child.id} is ${child.state().state}: it did not start again`, {
        definite: false,
      });
    await sleep(scheduler, lookEveryMs);
  }
}

/** Waits until callers no longer use the node, and stops it. Throws `conflict` for a node that is not ready. */
export async function stopDrained(child: Child, { scheduler, graceMs }: DrainOptions): Promise<void> {
  const { state } = child.state();
  if (state !== 'ready') throw new RpcError('conflict', `${child.id} is ${state}: only a node that is ready can drain`);
  child.drain();
  await sleep(scheduler, drainMs);
  await child.stop(graceMs);
}
