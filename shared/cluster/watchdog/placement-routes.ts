import { RpcError } from '../../rpc/errors.ts';
import type { ControlRoute } from '../../control/server.ts';
import type { PublishedKeys } from '../../security/keyring.ts';
import type { Topology } from '../topology.ts';
import type { Watchdog } from './watchdog.ts';

interface PlacementOptions {
  readonly watchdog: Watchdog;
  /** Every container has a watchdog of its own, which knows one node. */
  readonly byContainer: boolean;
  readonly publishedKeys: () => PublishedKeys;
  /** Takes the topology for all nodes that start from now on. `source`: what other commands load. */
  readonly place: (next: Topology, source: string) => void;
}

/**
 * GET /topology: the current topology. POST /topology gives the watchdog another one; POST /topology/announce tells it
 * to the running nodes. `tierlab apply` gives the orders, in an order that loses no request.
 */
export function placementRoutes({ watchdog, byContainer, publishedKeys, place }: PlacementOptions): ControlRoute[] {
  return [
    { method: 'GET', path: '/topology', access: 'open', handle: () => watchdog.topology() },
    {
      method: 'POST',
      path: '/topology',
      access: 'operator',
      handle(_parameters, body) {
        if (byContainer)
          throw new RpcError('conflict', 'each container has its own watchdog: only compose can add and remove nodes');
        const { next, source } = body as { readonly next: Topology; readonly source: string };
        place(next, source);
        return { nodes: next.nodes.length };
      },
    },
    {
      method: 'POST',
      path: '/topology/announce',
      access: 'operator',
      handle() {
        watchdog.announce(publishedKeys());
        return {};
      },
    },
  ];
}
