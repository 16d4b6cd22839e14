import type { Address } from '../rpc/call.ts';
import type { TopologyNode } from './topology.ts';

/**
 * A node listens at its own address and at these addresses, so that all its routes work. The addresses of relays are
 * left out, because other processes listen there.
 */
export function furtherAddresses({ host, port, routes = [] }: TopologyNode, bindHost: string): readonly Address[] {
  const everywhere = bindHost === '0.0.0.0';
  const known = new Set([`${host}:${port}`]);
  return routes.flatMap((route) => {
    const key = `${route.host}:${route.port}`;
    if (route.relayed || known.has(key) || (everywhere && route.port === port)) return [];
    known.add(key);
    return { host: everywhere ? bindHost : route.host, port: route.port };
  });
}
