import type { Call } from '../rpc/call.ts';
import type { FaultKind } from './fault.ts';
import { countClosings, countHolds, type HeldListener, type HeldProcessPort } from './holds.ts';
import type { ProcessPort } from './plan.ts';
import type { SkewableClock } from './skewable-clock.ts';

/**
 * The abilities of a node or watchdog that faults use. A fault that needs a missing ability is refused, not ignored.
 */
export interface FaultHost {
  readonly callerOf: (call: Call) => string | undefined;
  /** Watchdog: acts on the processes that it started. */
  readonly process?: HeldProcessPort | undefined;
  /** Node: closes the data port and cuts its connections; opens it again. */
  readonly listener?: HeldListener | undefined;
  /** Node: keeps the main loop busy for `busyMs`. */
  readonly burn?: ((busyMs: number) => void) | undefined;
  readonly clock?: SkewableClock | undefined;
  /** Node: other nodes call it. False: only people use it, through a public port. */
  readonly serves?: boolean;
  /** Node: it keeps data on a disk. */
  readonly disk?: boolean;
  /** A sentence that says which ability is missing for this fault; undefined when none is. */
  lacks(kind: FaultKind, params: unknown): string | undefined;
}

/** The same abilities, as a node or watchdog provides them: `faultHost` lets several faults share them (holds.ts). */
export interface FaultPorts extends Omit<FaultHost, 'lacks' | 'process' | 'listener'> {
  readonly process?: ProcessPort | undefined;
  readonly listener?: { close(): void; open(): void } | undefined;
}

export function faultHost(ports: FaultPorts): FaultHost {
  return {
    ...ports,
    process: ports.process && countHolds(ports.process),
    listener: ports.listener && countClosings(ports.listener),
    lacks(kind, params) {
      if (kind.plan?.(params) && !ports.process) return 'nothing here can signal processes';
      if (kind.refuse && !ports.listener) return 'there is no listener to close';
      if (kind.burn?.(params) && !ports.burn) return 'there is no main loop to occupy';
      if (kind.skew && !ports.clock) return 'the clock cannot be moved';
      if (kind.serve && kind.kind !== 'none' && ports.serves === false)
        return 'no other node calls this node, and service faults do not affect requests at its public port';
      if (kind.disk && !ports.disk) return 'this node keeps nothing on a disk';
      return undefined;
    },
  };
}
