import type { Logger } from 'pino';
import type { ControlRoute } from '../control/server.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Call, Layer } from '../rpc/call.ts';
import type { Clock } from '../time/clock.ts';
import type { Scheduler } from '../time/scheduler.ts';
import { burn } from './burn.ts';
import { passage, type Passage } from './datagram-faults.ts';
import type { Crossing } from './fault.ts';
import { faultHost, type FaultPorts } from './host.ts';
import { bodyShape, diskFaults, edgeFaults, incoming, outgoing, serveFaults } from './layers.ts';
import { createFaultRegistry, type FaultRegistry } from './registry.ts';
import { faultRoutes } from './control-routes.ts';
import { shapeBody } from './shape-body.ts';
import { skewableClock } from './skewable-clock.ts';

interface NodeFaultOptions {
  readonly node: string;
  /** The true clock: times to live and leases use it, even while the node's own clock is skewed. */
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly listener: NonNullable<FaultPorts['listener']>;
  /** Other nodes call it: it hosts operations, not only pages. */
  readonly serves: boolean;
  /** The node keeps data on a disk, which can be made slow. */
  readonly hasDisk: boolean;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** The places where faults affect one node. While no fault is in effect, each of them only checks an empty list. */
export interface NodeFaults {
  readonly registry: FaultRegistry;
  readonly routes: readonly ControlRoute[];
  /** The node's own clock, which `clock.skew` moves. */
  readonly clock: Clock;
  /** Outermost on the server's side: what the network does to requests and replies. */
  readonly atEntry: Layer;
  /** Next to the handler: service faults, which make the node slow or lying. */
  readonly atHandler: Layer;
  /** Next to the transport on the client's side. */
  readonly atExit: Layer;
  /** What the network does to a datagram that comes from, or goes to, another node. */
  readonly passage: (crossing: Crossing) => Passage;
  /**
   * The reply to `call` in the pieces that a fault cuts it into; undefined = at once. `reset` breaks the connection.
   */
  readonly shape: (call: Call, payload: Uint8Array, reset: () => void) => AsyncIterable<Uint8Array> | undefined;
  /** Waits for the extra time of a slow disk; undefined = no wait. */
  readonly disk: (key: string) => Promise<void> | undefined;
}

export function createNodeFaults(options: NodeFaultOptions): NodeFaults {
  const { node, clock, scheduler, listener, serves, hasDisk, metrics, log } = options;
  const own = skewableClock(clock);
  const callerOf = (call: Call) => call.caller;
  const registry = createFaultRegistry({
    answersFor: (target) => target === node,
    site: 'node',
    clock,
    scheduler,
    host: faultHost({ callerOf, listener, burn, clock: own, serves, disk: hasDisk }),
    journal: (event) => log.info(event, 'fault'),
    metrics,
    log,
  });
  const noneActive = () => registry.active().length === 0;
  return {
    registry,
    routes: faultRoutes(registry, () => ({ wallMs: own.wall() })),
    clock: own,
    atEntry: edgeFaults(registry, scheduler, incoming(node, callerOf)),
    atHandler: serveFaults(registry),
    atExit: edgeFaults(registry, scheduler, outgoing(node)),
    passage: (crossing) => passage(registry, scheduler, crossing),
    shape(call, payload, reset) {
      const shaped = noneActive() ? undefined : bodyShape(registry, call, payload.length);
      return shaped && shapeBody(payload, shaped.shape, { scheduler, signal: shaped.signal, reset });
    },
    disk: (key) => (noneActive() ? undefined : diskFaults(registry, scheduler, key)),
  };
}
