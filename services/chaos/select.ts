import type { TopologyNode } from '../../shared/cluster/topology.ts';
import type { Selector } from '../../shared/faults/envelope.ts';
import { draw } from '../../shared/faults/draw.ts';
import { RpcError } from '../../shared/rpc/errors.ts';

/** The properties of a node that the controller uses. */
export type Target = Pick<TopologyNode, 'id' | 'group' | 'components' | 'shard'>;

/**
 * The nodes that match a selector, in topology order. `pick` draws from them by seed, so the same seed picks the same
 * nodes. Throws `bad_request` for a node that does not exist and for a selector that matches nobody.
 */
export function select(nodes: readonly Target[], selector: Selector, seed: number): readonly Target[] {
  const unknown = selector.nodes?.find((id) => !nodes.some((node) => node.id === id));
  if (unknown !== undefined)
    throw new RpcError(
      'bad_request',
      `target: there is no node ${unknown}; there are ${nodes.map(({ id }) => id).join(', ')}`,
    );
  const matching = nodes.filter(
    (node) =>
      (selector.nodes === undefined || selector.nodes.includes(node.id)) &&
      (selector.group === undefined || node.group === selector.group) &&
      (selector.component === undefined || node.components.includes(selector.component)) &&
      (selector.shard === undefined || node.shard === selector.shard),
  );
  if (matching.length === 0) throw new RpcError('bad_request', 'target: no node matches the selector');
  const { pick } = selector;
  if (pick === undefined) return matching;
  if (pick > matching.length)
    throw new RpcError('bad_request', `target: pick ${pick} of ${matching.length} is not possible`);
  const lots = matching.map((node) => ({ node, lot: draw(seed, 'pick', node.id) })).sort((a, b) => a.lot - b.lot);
  const drawn = new Set(lots.slice(0, pick).map(({ node }) => node.id));
  return matching.filter((node) => drawn.has(node.id));
}
