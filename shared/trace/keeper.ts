import type { Metrics } from '../observe/metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';
import type { KeptTrace } from './contract.ts';
import { createTraceWindow, type EndedRequest, type KeepLimits, type TraceWindow } from './window.ts';

/** How long requests are compared before some of them are kept, ms. */
const windowMs = 1_000;

export interface Keeper {
  readonly ended: (request: EndedRequest, limits: KeepLimits) => void;
  readonly stop: () => void;
}

/**
 * On the node where requests enter: chooses the traces of each second that are kept, and tells the component `traces`.
 * An idle node sets no timer.
 */
export function createKeeper(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly metrics: Metrics;
  readonly keep: (traces: readonly KeptTrace[]) => Promise<unknown>;
}): Keeper {
  const { clock, random, scheduler, metrics, keep } = options;
  const kept = metrics.counter('tierlab_traces_kept_total', 'Traces of requests to this node that were kept', [
    'because',
  ]);
  for (const because of ['error', 'slow', 'sample']) kept.labels({ because });
  const lost = metrics.counter(
    'tierlab_traces_lost_total',
    'Traces that were to be kept, but the component traces did not answer',
  );
  let window: TraceWindow | undefined;
  let timer: Timer | undefined;

  function endWindow(): void {
    const now = clock.now();
    const chosen = window?.kept() ?? [];
    window = undefined;
    if (chosen.length === 0) return;
    for (const { because } of chosen) kept.inc({ because });
    const list = chosen.map(({ request: { traceId, endedAt }, because }) => ({
      traceId,
      because,
      endedAgoMs: Math.max(0, now - endedAt),
    }));
    keep(list).catch(() => lost.inc({}, list.length));
  }

  return {
    ended(request, limits) {
      if (window === undefined) {
        window = createTraceWindow(limits, random);
        timer = scheduler.after(windowMs, endWindow);
      }
      window.add(request);
    },
    stop: () => timer?.cancel(),
  };
}
