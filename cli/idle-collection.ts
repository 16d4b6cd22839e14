import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../shared/time/clock.ts';
import type { Random } from '../shared/time/random.ts';
import type { Scheduler, Timer } from '../shared/time/scheduler.ts';

/** All processes of a cluster start at the same time. They must not all collect at the same time. */
const firstLookMs = { least: 3_000, spread: 5_000 };
const lookEveryMs = 1_000;
/** While the main loop works less than this, a pause of 50 ms delays nobody. */
const idleShare = 0.05;
/**
 * A process that has worked for more than this time (ms) since its start has served load. V8 has optimised code for
 * this load, and the collection would discard the code: the next searches would then cost up to twice as much.
 */
const mostWorkMs = 1_000;

export interface IdleCollectionOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly clock: Pick<Clock, 'now'>;
  /** How long the main loop has worked so far, ms. */
  readonly workedMs?: () => number;
  readonly collect?: () => void;
}

/**
 * Collects the garbage of the start once, as soon as the process is idle, unless load comes first. After the start, the
 * old generation holds garbage. The young generation takes up to 26 MB, and V8 does not shrink it while little is
 * allocated. One full collection gives back a quarter of the memory of an idle cluster, and takes 35-60 ms.
 */
export function collectWhenIdle({
  scheduler,
  random,
  clock,
  workedMs = () => performance.eventLoopUtilization().active,
  collect = collectAll,
}: IdleCollectionOptions): Timer {
  const workedAtStartMs = workedMs();
  let last = { at: clock.now(), workedMs: workedAtStartMs };
  let timer = scheduler.after(firstLookMs.least + random.next() * firstLookMs.spread, look);

  function look(): void {
    const now = { at: clock.now(), workedMs: workedMs() };
    if (now.workedMs - workedAtStartMs > mostWorkMs) return;
    if (now.workedMs - last.workedMs < idleShare * (now.at - last.at)) return collect();
    last = now;
    timer = scheduler.after(lookEveryMs, look);
  }

  return { cancel: () => timer.cancel() };
}

/**
 * V8 also shrinks the heap in a collection that it calls "last resort". This is the only way to start such a collection
 * from Node.js.
 */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  gc({ type: 'major', flavor: 'last-resort', execution: 'sync' });
}
