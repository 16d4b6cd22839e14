import type { Clock } from '../time/clock.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Station } from '../time/sim/station.ts';
import type { Layer } from './call.ts';
import { admission, noQueue, type OwnQueue, type WarmUp } from './layers/overload/admission.ts';
import { dedupe } from './layers/sharing/dedupe.ts';
import { type Observe, observeNothing } from './layers/events.ts';
import { expire } from './layers/deadlines/expire.ts';
import { station } from './layers/station.ts';
import { trace, type WatchServed } from './layers/trace.ts';
import { following, mechanism, type Switchable } from './layers/switchable.ts';
import { type Mechanism, type ServerLayer, serverOrder } from './mechanisms.ts';
import type { Policy, PolicyHolder } from './policy.ts';

export interface ServerDependencies {
  readonly clock: Clock;
  /** The queue of this process. Without it, admission sees only the wait for the station. */
  readonly queue?: OwnQueue;
  readonly observe?: Observe;
  /** Sets the timers of a station. */
  readonly scheduler: Scheduler;
  /** Called with each station that a policy opens. */
  readonly onStation?: (station: Station) => void;
  /** Called for each call of another node that was answered; without it, no spans are recorded. */
  readonly watchServed?: WatchServed | undefined;
  /** A simulated process has no code to compile: its `served` is `Infinity` from the start. */
  readonly warmUp?: WarmUp;
}

/** The layers that no policy switches. A node gives only those that it has. */
export type FixedServerLayers = Partial<Record<Exclude<ServerLayer, Mechanism>, Layer | undefined>>;

/**
 * The server side above the handlers, as one layer. Mechanisms follow `policy`; the layers in `fixed` are always on.
 * One per node.
 */
export function serverLayers(
  policy: PolicyHolder,
  {
    clock,
    scheduler,
    queue = noQueue,
    observe = observeNothing,
    onStation,
    watchServed: watch,
    warmUp = { served: 0 },
  }: ServerDependencies,
  fixed: FixedServerLayers = {},
): Layer {
  let open: Station | undefined;
  /** A call waits for its turn in this process, and then for a worker of the station, if the policy has a station. */
  const waiting: OwnQueue = {
    waitMs: () => queue.waitMs() + (policy.current.station === false ? 0 : (open?.waitMs() ?? 0)),
  };
  const mechanisms: Record<ServerLayer & Mechanism, Switchable<Policy>> = {
    trace: watch === undefined ? () => undefined : mechanism('trace', () => trace({ clock, queue, watch })),
    expire: mechanism('expire', () => expire({ clock, observe })),
    admission: mechanism('admission', (settings) => admission(settings, { clock, queue: waiting, observe, warmUp })),
    dedupe: mechanism('dedupe', (settings) => dedupe(settings, { observe })),
    station: mechanism('station', (settings) =>
      station(settings, {
        clock,
        scheduler,
        onOpen(opened) {
          open = opened;
          onStation?.(opened);
        },
      }),
    ),
  };
  const layers: Partial<Record<ServerLayer, Switchable<Policy>>> = mechanisms;
  return following(
    policy,
    serverOrder.map((name) => layers[name] ?? (() => (fixed as Partial<Record<ServerLayer, Layer>>)[name])),
  );
}
