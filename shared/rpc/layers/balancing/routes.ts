import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Address, Call, Endpoint, Layer, Reply } from '../../call.ts';
import { sentTo } from '../../derived-call.ts';
import { asRpcError } from '../../errors.ts';

export const RoutesSettings = Type.Object(
  {
    returnMs: Type.Number({
      default: 10_000,
      minimum: 0,
      description: 'a failed route is not the first choice for this time',
    }),
  },
  { additionalProperties: false },
);
export type RoutesSettings = Static<typeof RoutesSettings>;

/**
 * The routes to a node, in order of preference. Routes that failed lately come last, until the time that `avoidUntil`
 * returns.
 */
export function routesByPreference(
  endpoint: Endpoint,
  avoidUntil: (address: Address) => number,
  now: number,
): readonly Address[] {
  const all: readonly Address[] = [endpoint, ...(endpoint.alternates ?? [])];
  const good = all.filter((address) => avoidUntil(address) <= now);
  return good.length === all.length ? all : [...good, ...all.filter((address) => !good.includes(address))];
}

/**
 * Innermost: takes the next route to a node when there is no connection over the first. Only `unreachable` leads to the
 * next route, because then the request certainly did not arrive. The layers above see one attempt at one node. Calls to
 * nodes with one address pass unchanged.
 *
 *   caller --x-- 10.0.0.7 ---+
 *          ----- 10.1.0.7 ---+-- database-1-2
 */
export function routes(settings: RoutesSettings, { clock }: { clock: Clock }): Layer {
  const avoided = new Map<string, number>();
  const key = ({ host, port }: Address) => `${host}:${port}`;
  const avoidUntil = (address: Address) => avoided.get(key(address)) ?? 0;

  return function routes(next) {
    async function overEach(call: Call, endpoint: Endpoint): Promise<Reply> {
      let failure: unknown;
      for (const { host, port } of routesByPreference(endpoint, avoidUntil, clock.now())) {
        try {
          const reply = await next(sentTo(call, { ...endpoint, host, port }));
          avoided.delete(key({ host, port }));
          return reply;
        } catch (thrown) {
          if (asRpcError(thrown).code !== 'unreachable' || call.signal.aborted) throw thrown;
          avoided.set(key({ host, port }), clock.now() + settings.returnMs);
          failure = thrown;
        }
      }
      throw failure;
    }

    return (call) => (call.endpoint?.alternates?.length ? overEach(call, call.endpoint) : next(call));
  };
}
