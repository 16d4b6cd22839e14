import type { StandbyKind } from '../../membership/fencing.ts';
import type { TopologyNode } from '../topology.ts';
import type { Child, ChildState, Exit, RestartReason } from './child.ts';

/** A node and its process, as the watchdog shows them at /status. */
export interface NodeStatus {
  readonly id: string;
  readonly components: readonly string[];
  /** 1-based, where it holds a part of the data. */
  readonly shard?: number;
  /** A spare node that only replaces another node. */
  readonly standby?: StandbyKind;
  readonly port: number;
  readonly opsPort: number;
  /** Ports with plain HTTP for people and tools: `doors`, and `publicPort` for public routes without a door. */
  readonly doors: Readonly<Record<string, number>>;
  readonly publicPort: number;
  readonly pid: number | null;
  readonly state: ChildState['state'];
  /** How often this watchdog restarted the node, for any reason. */
  readonly restarts: number;
  readonly lastRestart?: RestartReason;
  readonly exits: readonly Exit[];
}

export function nodeStatus(node: TopologyNode, child: Child): NodeStatus {
  const { id, components, shard, standby, port, opsPort, doors, publicPort } = node;
  const state = child.state();
  const { count, last } = child.restarts();
  return {
    id,
    components,
    ...(shard === undefined ? {} : { shard }),
    ...(standby === undefined ? {} : { standby }),
    port,
    opsPort,
    doors,
    publicPort,
    pid: 'pid' in state ? state.pid : null,
    state: state.state,
    restarts: count,
    ...(last === undefined ? {} : { lastRestart: last }),
    exits: child.exits(),
  };
}
