import Type, { type Static } from 'typebox';
import type { Layer } from '../call.ts';
import { RpcError } from '../errors.ts';

/** Also the sockets of a connection pool: a call that may be sent finds a socket. */
export const maxCallsPerEndpoint = 256;

export const InFlightSettings = Type.Object(
  {
    maxPerEndpoint: Type.Integer({
      default: maxCallsPerEndpoint,
      minimum: 1,
      description:
        'calls to one replica at a time: as many as the pool has sockets, beyond that they would queue there',
    }),
  },
  { additionalProperties: false },
);
export type InFlightSettings = Static<typeof InFlightSettings>;

/**
 * Bounds the calls to one replica (a bulkhead): a replica that hangs may hold this many of our callers, and no more.
 * Beyond that it fails fast with `overloaded`, definite. Needed because connection pools queue without bound.
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
