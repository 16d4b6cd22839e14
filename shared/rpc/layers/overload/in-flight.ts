import Type, { type Static } from 'typebox';
import type { Layer } from '../../call.ts';
import { RpcError } from '../../errors.ts';

/** A connection pool has the same number of sockets, so every call that may be sent finds a free socket. */
export const maxCallsPerEndpoint = 256;

export const InFlightSettings = Type.Object(
  {
    maxPerEndpoint: Type.Integer({
      default: maxCallsPerEndpoint,
      minimum: 1,
      description:
        'how many calls to one replica may be under way: as many as the pool has sockets; more calls would queue',
    }),
  },
  { additionalProperties: false },
);
export type InFlightSettings = Static<typeof InFlightSettings>;

/**
 * Limits the calls under way to one replica (a bulkhead): a replica that hangs can hold at most this many callers.
 * Further calls fail fast with `overloaded`, definite. This limit is needed because connection pools queue without a
 * bound.
 */
export function inFlight(settings: InFlightSettings): Layer {
  const counts = new Map<string, number>();
  return function inFlight(next) {
    return async (call) => {
      const node = call.endpoint?.node ?? '';
      const count = counts.get(node) ?? 0;
      if (count >= settings.maxPerEndpoint)
        throw new RpcError('overloaded', `${count} calls to ${node} are under way already`);
      counts.set(node, count + 1);
      try {
        return await next(call);
      } finally {
        counts.set(node, counts.get(node)! - 1);
      }
    };
  };
}
