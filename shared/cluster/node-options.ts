import type { Logger } from 'pino';
import type { InvariantViolation } from '../invariant.ts';
import type { Policy } from '../rpc/policy.ts';
import type { IdentitySource } from '../security/identity-source.ts';
import type { Keyring } from '../security/keyring.ts';
import type { Operator } from '../security/operator.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Component, Environment } from './component.ts';
import type { ControlClient } from '../control/client.ts';
import type { Topology, TopologyNode } from './topology.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { LagMeter } from '../membership/lag.ts';
import type { NodeFaults } from '../faults/node-faults.ts';
import type { View } from '../membership/view.ts';

/** What all parts of a node get. */
export interface NodeParts {
  readonly options: NodeOptions;
  /** The node's own clock, which a fault may have moved. */
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly lag: LagMeter;
  readonly faults: NodeFaults | undefined;
  readonly view: () => View | undefined;
  readonly newContext: Environment['newContext'];
}

/**
 * Everything that a node gets from outside: its place in the topology, and the clock, randomness, timers, keys and log
 * of its process.
 */
export interface NodeOptions {
  readonly topology: Topology;
  readonly node: TopologyNode;
  readonly components: Readonly<Record<string, Component>>;
  readonly incarnation: number;
  readonly datasetDir: string;
  readonly stateDir?: string | undefined;
  /** Identifies one run of the cluster. */
  readonly clusterStartedAt?: string | undefined;
  /** The policy that an earlier process of this node had when it ended; absent: the policy of the topology. */
  readonly policy?: Policy | undefined;
  /** The nodes to call before the first view, while others still start; absent: all nodes of the topology. */
  readonly ready?: readonly string[] | undefined;
  /** Called after each change of the policy. */
  readonly onPolicy?: (policy: Policy) => void;
  /** Sends requests to other control ports. */
  readonly control: ControlClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** The operator, who may change things on the ops port; absent: no orders are accepted. */
  readonly operator?: Operator;
  /** The address to listen on; the topology's host is what others call. */
  readonly bindHost: string;
  /** Further names by which people reach this machine (shared/control/own-host.ts). */
  readonly hosts?: readonly string[];
  /** Ends this node at once, without another answer, because an invariant is violated. */
  readonly crash?: (violation: InvariantViolation) => void;
  /** The keys that this node holds. Without them it signs nothing and checks no signature. */
  readonly keyring?: Keyring;
  /** The certificate of this node for mutual TLS. */
  readonly identity?: IdentitySource | undefined;
  /** Faults may be injected. */
  readonly chaosEnabled?: boolean;
  /** A second process of a node that runs already (`byz.twin`): it shares the data ports, and has its own ops port. */
  readonly twin?: boolean;
}
