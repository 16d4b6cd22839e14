import type { Clock } from '../../time/clock.ts';
import type { Scheduler } from '../../time/scheduler.ts';
import { faultHost } from '../../faults/host.ts';
import { createFaultRegistry, type FaultEvent } from '../../faults/registry.ts';
import { faultRoutes } from '../../faults/control-routes.ts';
import type { ControlRoute } from '../../control/server.ts';
import type { Processes } from './processes.ts';
import type { Watchdog } from './watchdog.ts';

interface WatchdogFaultOptions {
  readonly watchdog: Watchdog;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly onEvent: (event: FaultEvent) => void;
  readonly onTrouble: (text: string) => void;
}

export interface WatchdogFaults {
  readonly routes: readonly ControlRoute[];
  /** A new process of the node serves, so the faults of the earlier process are over. */
  readonly processReplaced: (node: string) => void;
  /** Undoes everything; before the nodes are stopped. */
  readonly stop: () => Promise<void>;
}

/**
 * The faults that happen to whole processes. The watchdog measures their times to live, because a paused process cannot
 * run a timer.
 */
export function createWatchdogFaults(options: WatchdogFaultOptions): WatchdogFaults {
  const { watchdog, processes, clock, scheduler, onEvent, onTrouble } = options;
  const registry = createFaultRegistry({
    answersFor: (target) => watchdog.child(target) !== undefined,
    site: 'watchdog',
    clock,
    scheduler,
    host: faultHost({ callerOf: () => undefined, process: processes.act }),
    journal: onEvent,
    log: { warn: ((_fields: unknown, text: string) => onTrouble(text)) as never },
  });
  return {
    routes: faultRoutes(registry, () => ({ twins: processes.twins() })),
    processReplaced: (node) => registry.processReplaced(node),
    async stop() {
      registry.healAll('shutdown');
      await processes.stop();
    },
  };
}
