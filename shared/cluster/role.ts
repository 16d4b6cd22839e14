import { createFence } from '../membership/fencing.ts';
import type { NodePhase } from '../membership/heartbeat.ts';
import type { View } from '../membership/view.ts';
import type { Layer } from '../rpc/call.ts';
import { RpcError } from '../rpc/errors.ts';
import type { TopologyNode } from './topology.ts';

export interface RoleOptions {
  readonly node: TopologyNode;
  readonly setPhase: (phase: NodePhase) => void;
  /** Loads the components and opens the data ports; once. */
  readonly open: () => Promise<void>;
  /** Called when a promoted standby cannot open: the standby must not stay half open. */
  readonly onFailure: (error: unknown) => void;
}

/** A node's role in its group: it serves, waits as a standby, or has lost its role to a standby. */
export interface Role {
  /** Opens the node, and reports `ready` or `standby`. A warm standby opens when it is promoted. */
  readonly begin: () => Promise<void>;
  readonly follow: (view: View) => void;
  /** The node is leaving: later views have no effect. */
  readonly leave: () => void;
  /** Refuses calls while another node holds the role: a node that still calls this node follows an older view. */
  readonly layer: Layer;
  readonly token: () => number | undefined;
}

/**
 *   hot    open -> standby ................. promoted -> ready
 *   warm           standby ................. promoted -> starting -> open -> ready
 *   cold                       (no process)  promoted -> started  -> open -> ready
 *   a node that lost its role:  ready -> standby, and every call is refused: the fence
 */
export function createRole({ node, setPhase, open, onFailure }: RoleOptions): Role {
  const fence = createFence(node.id, node.standby);
  let state: 'closed' | 'opening' | 'open' | 'left' = 'closed';

  function say(): void {
    if (state === 'open') setPhase(fence.mayServe() ? 'ready' : 'standby');
  }

  async function openNow(): Promise<void> {
    state = 'opening';
    await open();
    if (state === 'opening') state = 'open';
    say();
  }

  return {
    async begin() {
      if (node.standby === 'warm' && !fence.mayServe()) return setPhase('standby');
      await openNow();
    },
    follow({ promotions = [] }) {
      if (!fence.learn(promotions)) return;
      // Only a warm standby opens because of a view. All other nodes open in `begin`.
      if (state === 'closed' && node.standby === 'warm') {
        setPhase('starting');
        openNow().catch(onFailure);
      } else say();
    },
    leave() {
      state = 'left';
    },
    layer: (next) =>
      function fenced(call) {
        if (call.priority === 'health' || fence.mayServe()) return next(call);
        const lost = fence.lostTo();
        const why = lost ? `${lost.node} holds the role of ${node.id} with token ${lost.token}` : 'it stands by';
        const detail = `${node.id} does not serve: ${why}`;
        return Promise.reject(new RpcError('unavailable', detail, { node: node.id, definite: true }));
      },
    token: fence.token,
  };
}
