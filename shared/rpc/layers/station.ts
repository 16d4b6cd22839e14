import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import { seededRandom } from '../../time/random.ts';
import type { Scheduler } from '../../time/scheduler.ts';
import { constant, exponential } from '../../time/sim/distribution.ts';
import { createStation, StationFull, type Station, type StationFigures } from '../../time/sim/station.ts';
import type { Layer } from '../call.ts';
import { RpcError } from '../errors.ts';

export const StationSettings = Type.Object(
  {
    component: Type.Optional(Type.String({ description: 'the component whose calls pass the station; absent: all' })),
    workers: Type.Integer({
      default: 1,
      minimum: 1,
      maximum: 10_000,
      description: 'how many calls are served at a time',
    }),
    serviceMs: Type.Number({
      default: 10,
      minimum: 0,
      maximum: 60_000,
      description: 'the mean service time of a call',
    }),
    distribution: Type.Enum(['fixed', 'exponential'], {
      default: 'fixed',
      description: 'all service times are equal, or they scatter exponentially',
    }),
    places: Type.Optional(
      Type.Integer({ minimum: 0, description: 'the calls that may wait; one more is refused; absent: no limit' }),
    ),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'the same seed gives the same service times in order' }),
  },
  { additionalProperties: false },
);
export type StationSettings = Static<typeof StationSettings>;

interface StationDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly onOpen?: (station: Station) => void;
}

/**
 * Server side, for experiments: each user's call passes a modelled server before it reaches the handler.
 *
 *   call -> [ | | | ] -> worker 1..n -> handler
 *            queue       service time: a timer, no work of a processor
 *
 * A fault that makes a node slow has no queue, so it cannot show what load does to waiting times. The station can.
 * Admission counts the wait for a worker as waiting in this process.
 * Health checks and background calls do not pass through it.
 */
export function station(settings: StationSettings, { clock, scheduler, onOpen }: StationDependencies): Layer {
  const { component, workers, serviceMs, distribution, places, seed } = settings;
  const modelled = createStation({
    clock,
    scheduler,
    random: seededRandom(seed),
    workers,
    serviceTime: distribution === 'fixed' ? constant(serviceMs) : exponential(serviceMs),
    ...(places === undefined ? {} : { places }),
  });
  onOpen?.(modelled);
  return function station(next) {
    return async (call) => {
      const passesBy = call.priority === 'health' || call.priority === 'background';
      if (passesBy || (component !== undefined && call.component !== component)) return next(call);
      try {
        await modelled.work(call.signal);
      } catch (error) {
        if (!(error instanceof StationFull)) throw error;
        throw new RpcError('overloaded', `the station is full: ${error.message}`, {
          retryAfterMs: Math.ceil(serviceMs),
        });
      }
      return next(call);
    };
  };
}

/** The figures of the station in force; undefined while there is none. */
export type StationReport = StationFigures & { readonly queued: number; readonly busy: number };

export function reportOf(open: Station | undefined): StationReport | undefined {
  return open && { ...open.figures(), queued: open.queued, busy: open.busy };
}
