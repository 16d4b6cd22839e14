import type { HistogramSeries, Metrics } from '../observe/metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { Call } from './call.ts';
import type { Observe } from './layers/events.ts';
import type { PolicyHolder } from './policy.ts';

interface Sources {
  readonly clock: Clock;
  /** The components of this node. */
  readonly hosted: readonly string[];
  readonly policy: PolicyHolder;
}

export interface QueueMetrics {
  readonly waited: (call: Pick<Call, 'component'>, waitMs: number) => void;
  readonly observe: Observe;
}

/** The queue depth is a mean over at least this time, ms, however often it is read. */
const depthWindowMs = 1_000;

interface Queue {
  readonly waits: HistogramSeries;
  waitedMs: number;
}

/** The queue of this process: how long calls wait for their turn, how many wait, and which wait is too long. */
export function queueMetrics(metrics: Metrics, { clock, hosted, policy }: Sources): QueueMetrics {
  const waits = metrics.histogram(
    'tierlab_rpc_queue_wait_seconds',
    'Time that calls waited for their turn in this process',
    ['component'],
  );
  const queues = new Map<string, Queue>();
  const queueOf = (name: string): Queue =>
    queues.getOrInsertComputed(name, (component) => ({ waits: waits.labels({ component }), waitedMs: 0 }));
  for (const component of hosted) queueOf(component);

  let since = clock.now();
  metrics.gauge(
    'tierlab_rpc_queue_depth',
    "Number of calls that wait for their turn at the same time: the mean since the last reading (Little's law)",
    ['component'],
    (gauge) => {
      const elapsedMs = clock.now() - since;
      if (elapsedMs < depthWindowMs) return;
      since += elapsedMs;
      for (const [component, queue] of queues) {
        gauge.set({ component }, queue.waitedMs / elapsedMs);
        queue.waitedMs = 0;
      }
    },
  );

  let overloaded = false;
  metrics.gauge(
    'tierlab_rpc_admission_limit',
    'Seconds: a call that waits longer than this is refused now; absent where nothing is refused because of waiting',
    ['component'],
    (gauge) => {
      const { admission } = policy.current;
      const limitMs = admission === false ? Infinity : overloaded ? admission.targetMs : admission.boundMs;
      for (const component of hosted) {
        if (limitMs === Infinity) gauge.remove({ component });
        else gauge.set({ component }, limitMs / 1_000);
      }
    },
  );

  return {
    waited({ component }, waitMs) {
      const queue = queueOf(component);
      queue.waits.observe(waitMs / 1_000);
      queue.waitedMs += waitMs;
    },
    observe(event) {
      if (event.event === 'load') overloaded = event.state === 'overloaded';
    },
  };
}
