import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { idleLoop } from '../shared/time/idle-loop.ts';
import type { Random } from '../shared/time/random.ts';
import type { Scheduler, Timer } from '../shared/time/scheduler.ts';

/** All processes of a cluster start at the same time. They must not all collect at the same time. */
const firstLookMs = { least: 3_000, spread: 5_000 };
const lookEveryMs = 1_000;
/** While the main loop works less than this, a pause of 50 ms delays nobody. */
const idleShare = 0.05;

export interface IdleCollectionOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Whether the main loop has been idle since the last question. */
  readonly isIdle?: () => boolean;
  readonly collect?: () => void;
}

/**
 * Collects the garbage of the start once, as soon as the process is idle. The start leaves garbage in the old
 * generation, and a young generation of up to 26 MB that V8 does not shrink while little is allocated. One full
 * collection gives back a quarter of the memory of an idle cluster, and takes 35-60 ms.
 */
export function collectWhenIdle({
  scheduler,
  random,
  isIdle = idleLoop(idleShare),
  collect = collectAll,
}: IdleCollectionOptions): Timer {
  let timer = scheduler.after(firstLookMs.least + random.next() * firstLookMs.spread, look);

  function look(): void {
    if (isIdle()) return collect();
    timer = scheduler.after(lookEveryMs, look);
  }

  return { cancel: () => timer.cancel() };
}

/** V8's own name for a collection that also shrinks the heap is "last resort"; Node.js reaches it by this way only. */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  gc({ type: 'major', flavor: 'last-resort', execution: 'sync' });
}
