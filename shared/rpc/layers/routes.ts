import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import type { Address, Endpoint, Layer } from '../call.ts';
import { asRpcError } from '../errors.ts';

export const RoutesSettings = Type.Object(
  {
    returnMs: Type.Number({
      default: 10_000,
      minimum: 0,
      description: 'after a way failed, it is not the first choice for this long',
    }),
  },
  { additionalProperties: false },
);
export type RoutesSettings = Static<typeof RoutesSettings>;

/** The ways to a node, those that failed before `now` - given by the time until which each is avoided - last. */
export function orderRoutes(
  endpoint: Endpoint,
  avoidUntil: (address: Address) => number,
  now: number,
): readonly Address[] {
  const all: readonly Address[] = [endpoint, ...(endpoint.alternates ?? [])];
  const good = all.filter((address) => avoidUntil(address) <= now);
  return good.length === all.length ? all : [...good, ...all.filter((address) => !good.includes(address))];
}

/**
 * Innermost: a node with redundant routes is reached over the next one when there is no connection over the first. Only
 * `unreachable` moves on: there the request certainly did not arrive. To the layers above it is one attempt at one
 * node; nodes with one address pass untouched.
 *
 *   caller --x-- 10.0.0.7 ---+
 *          ----- 10.1.0.7 ---+-- database-1-2
 */
export function routes(settings: RoutesSettings, { clock }: { clock: Clock }): Layer {
  const avoided = new Map<string, number>();
  const key = ({ host, port }: Address) => `${host}:${port}`;
  const avoidUntil = (address: Address) => avoided.get(key(address)) ?? 0;

  return function routes(next) {
    return async (call) => {
      const { endpoint } = call;
      if (!endpoint?.alternates?.length) return next(call);
      let failure: unknown;
      for (const { host, port } of orderRoutes(endpoint, avoidUntil, clock.now())) {
        try {
          const reply = await next({ ...call, endpoint: { ...endpoint, host, port } });
          avoided.delete(key({ host, port }));
          return reply;
        } catch (thrown) {
          if (asRpcError(thrown).code !== 'unreachable' || call.signal.aborted) throw thrown;
          avoided.set(key({ host, port }), clock.now() + settings.returnMs);
          failure = thrown;
        }
      }
      throw failure;
    };
  };
}
