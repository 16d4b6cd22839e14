import { isStoppedProcess } from '../../process-stat.ts';
import { RpcError } from '../../rpc/errors.ts';
import type { Clock } from '../../time/clock.ts';
import { sleep, type Scheduler } from '../../time/scheduler.ts';
import { nodesHosting } from '../topology.ts';
import type { Child } from './child.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * The longest wait until all callers avoid the node, ms. Usually they avoid it after one heartbeat interval of 500 ms.
 * A caller that hangs does not answer, and must not stop a restart for ever.
 */
const avoidBoundMs = 10_000;
/** A caller that does not answer within this time is asked again, ms. */
const answerMs = 500;
const askEveryMs = 100;
/**
 * A caller may send a call before it knows that the node is leaving. Such a call arrives within this time in ms. On one
 * machine a call needs far less; the rest is reserve for a busy machine.
 */
const arrivalMs = 200;
/**
 * The wait when no caller can be asked, ms. Callers get the new view with their next heartbeat, after at most 500 ms.
 * The rest is reserve.
 */
const blindMs = 1_500;
/** A node that is not ready after this time has failed to start, ms. */
const startBoundMs = 30_000;
const lookEveryMs = 20;

interface DrainOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** The time for requests under way, ms. */
  readonly graceMs: number;
  readonly callers: () => readonly Caller[];
  /** Whether a process is stopped by a signal. */
  readonly isStopped?: (pid: number) => boolean;
}

type Caller = Pick<Child, 'id' | 'state' | 'avoids'>;

type Drained = Pick<Child, 'id' | 'state' | 'incarnation' | 'drain' | 'stop'>;

/**
 * The processes that may call the node `id`, and learn from a view that it is leaving. None in a container, whose
 * watchdog knows one node only. Also none while no monitor runs, because then no view tells the callers.
 */
export function callersOf(
  id: string,
  { topology, children }: { topology: Watchdog['topology']; children: () => Iterable<Caller> },
): readonly Caller[] {
  const monitors = new Set(nodesHosting(topology(), 'monitor').map((node) => node.id));
  const all = [...children()];
  const isWatched = all.some((it) => monitors.has(it.id) && it.state().state === 'ready');
  return isWatched ? all.filter((it) => it.id !== id) : [];
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
export async function stopDrained(child: Drained, options: DrainOptions): Promise<void> {
  const { state } = child.state();
  if (state !== 'ready') throw new RpcError('conflict', `${child.id} is ${state}: only a node that is ready can drain`);
  child.drain();
  await untilAvoided(child, options);
  await child.stop(options.graceMs);
}

/**
 * On a busy machine the view reaches a caller seconds late. A caller that has not got it yet may know no other node
 * that runs: its retries then end at closed ports, and the request is lost. So each caller is asked. If the process
 * ends meanwhile, the wait ends too: the node must be stopped before its next process serves.
 */
async function untilAvoided(
  child: Drained,
  { clock, scheduler, callers, isStopped = isStoppedProcess }: DrainOptions,
): Promise<void> {
  const leaving = { node: child.id, incarnation: child.incarnation()! };
  const isUp = () => child.state().state === 'ready' && child.incarnation() === leaving.incarnation;
  const giveUpAt = clock.now() + avoidBoundMs;
  // A caller that starts may have an older view when it is ready. A stopped process sends no calls.
  const mayCall = ({ state }: Caller): boolean => {
    const now = state();
    return (now.state === 'ready' || now.state === 'starting') && !isStopped(now.pid);
  };
  let unaware = callers();
  if (unaware.length === 0) return sleep(scheduler, blindMs);
  for (;;) {
    const asked = unaware.filter(mayCall);
    const answers = await Promise.all(asked.map((caller) => caller.avoids(leaving, answerMs)));
    const aware = new Set(asked.filter((_, i) => answers[i]));
    unaware = unaware.filter((caller) => !aware.has(caller));
    if (!unaware.some(mayCall) || !isUp() || clock.now() >= giveUpAt) break;
    await sleep(scheduler, askEveryMs);
  }
  await sleep(scheduler, arrivalMs);
}
