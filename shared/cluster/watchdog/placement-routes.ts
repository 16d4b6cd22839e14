import Type from 'typebox';
import { RpcError } from '../../rpc/errors.ts';
import { schemaProblem } from '../../schema/problem.ts';
import type { ControlRoute } from '../../control/server.ts';
import type { PublishedKeys } from '../../security/keyring.ts';
import type { Topology } from '../topology.ts';
import { changeOf } from '../topology-change.ts';
import type { Watchdog } from './watchdog.ts';
import { readRoute, orderRoute } from '../../control/server.ts';

const Port = Type.Integer({ minimum: 1, maximum: 65_535 });

/** The members of a topology that are needed to compare it with the running one. */
const PlacementOrder = Type.Object({
  next: Type.Object({
    name: Type.String(),
    nodes: Type.Array(
      Type.Object({
        id: Type.String(),
        group: Type.String(),
        components: Type.Array(Type.String(), { minItems: 1 }),
        host: Type.String(),
        port: Port,
        publicPort: Port,
        opsPort: Port,
        doors: Type.Record(Type.String(), Port),
      }),
      { minItems: 1 },
    ),
  }),
  source: Type.String(),
});

/** The answer of GET /topology. */
export interface CurrentTopology {
  readonly topology: Topology;
  /** An `apply` runs, or was interrupted: some nodes may not know this topology. */
  readonly isChanging: boolean;
}

interface PlacementOptions {
  readonly watchdog: Pick<Watchdog, 'topology' | 'announce'>;
  /** Every container has a watchdog of its own, which knows one node. */
  readonly byContainer: boolean;
  readonly publishedKeys: () => PublishedKeys;
  /** From now on nodes start with this topology. `source`: the name or path by which other commands load it. */
  readonly place: (next: Topology, source: string) => void;
}

/**
 * GET /topology: the current topology, and whether a change is under way. POST /topology gives the watchdog another
 * topology; POST /topology/announce tells the running nodes the current topology; POST /topology/settle ends the
 * change. `tierlab apply` sends these requests, in a sequence that loses no user's request.
 */
export function placementRoutes({ watchdog, byContainer, publishedKeys, place }: PlacementOptions): ControlRoute[] {
  let isChanging = false;
  return [
    readRoute('/topology', (): CurrentTopology => ({ topology: watchdog.topology(), isChanging })),
    orderRoute('/topology', (_parameters, body) => {
      if (byContainer)
        throw new RpcError('conflict', 'each container has its own watchdog: only compose can add and remove nodes');
      const problem = schemaProblem(PlacementOrder, body, 'order');
      if (problem !== undefined) throw new RpcError('bad_request', problem);
      const { next, source } = body as { readonly next: Topology; readonly source: string };
      const { problems } = changeOf(watchdog.topology(), next);
      if (problems.length > 0) throw new RpcError('conflict', problems.join('; '));
      place(next, source);
      isChanging = true;
      return { nodes: next.nodes.length };
    }),
    orderRoute('/topology/announce', () => {
      watchdog.announce(publishedKeys());
      return {};
    }),
    orderRoute('/topology/settle', () => {
      isChanging = false;
      return {};
    }),
  ];
}
