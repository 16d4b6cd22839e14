import type { Metrics } from '../observe/metrics.ts';
import type { ActiveFault } from './active.ts';
import type { Fault } from './envelope.ts';
import { faultKinds } from './kinds.ts';

/** A fault whose requests are counted. `counted`: what the metrics have already. */
export interface CountedFault {
  readonly fault: Fault;
  readonly active?: ActiveFault;
  readonly counted: { matched: number; applied: number };
}

/** The metrics of the faults of one node or watchdog. `faults`: those that are held now. */
export function createFaultMetrics(metrics: Metrics, faults: () => Iterable<CountedFault>) {
  const active = metrics.gauge('tierlab_fault_active', '1 while a fault is in effect', ['id', 'kind', 'target'], () => {
    for (const fault of faults()) count(fault);
  });
  const matchedTotal = metrics.counter('tierlab_fault_matched_total', 'Requests in the scope of a fault', ['kind']);
  const appliedTotal = metrics.counter('tierlab_fault_applied_total', 'Requests that a fault changed', ['kind']);
  for (const kind of faultKinds.keys()) {
    matchedTotal.labels({ kind });
    appliedTotal.labels({ kind });
  }

  /** Adds to the counters what happened since the last time, so that they move while a fault is in effect. */
  function count({ fault: { kind }, active: begun, counted }: CountedFault): void {
    if (!begun) return;
    const { matched, applied } = begun;
    matchedTotal.inc({ kind }, matched - counted.matched);
    appliedTotal.inc({ kind }, applied - counted.applied);
    Object.assign(counted, { matched, applied });
  }

  return {
    began: ({ id, kind, target }: Fault) => active.set({ id, kind, target }, 1),
    ended(held: CountedFault): void {
      const { id, kind, target } = held.fault;
      active.remove({ id, kind, target });
      count(held);
    },
  };
}
