import { heartbeatIntervalMs } from '../membership/heartbeat.ts';
import { createLagMeter, type LagMeter } from '../membership/lag.ts';
import { lagMetrics, loopDelays } from '../membership/lag-metrics.ts';
import type { Metrics } from '../observe/metrics.ts';
import { idleLoop } from '../time/idle-loop.ts';
import { runDelayMs } from '../time/run-delay.ts';
import type { NodeOptions } from './node-options.ts';

/** Heartbeats alone keep the main loop busy for less than half a per cent of the time. */
const idleShare = 0.02;

/** Measures the lag of a node's main loop by the true clock, because timers use the true clock, too. */
export function measureLag({ node, clock, scheduler }: NodeOptions, metrics: Metrics): LagMeter {
  const lag = createLagMeter(clock, scheduler, {
    waitedMs: () => runDelayMs() ?? 0,
    // A monitor needs its own exact lag to judge other nodes, so its meter never rests.
    ...(!node.components.includes('monitor') && {
      idle: { isIdle: idleLoop(idleShare), tickMs: heartbeatIntervalMs },
    }),
    onTick: loopDelays(metrics),
  });
  lagMetrics(metrics, lag, clock);
  return lag;
}
