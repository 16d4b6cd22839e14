import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { LagMeter } from '../membership/lag.ts';
import type { View } from '../membership/view.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Context } from '../rpc/context.ts';
import type { Contract, Handlers } from '../rpc/contract.ts';
import type { Upstream } from '../rpc/upstream.ts';
import type { Keyring } from '../security/keyring.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { ControlClient } from '../control/client.ts';
import type { Topology, TopologyNode } from './topology.ts';

export type Contracts = Readonly<Record<string, Contract>>;

/** Everything that a component is given. It does not know where it, or any other component, runs. */
export interface Environment<Calls extends Contracts = Contracts> {
  readonly node: TopologyNode;
  /** Grows with each start of the node. */
  readonly incarnation: number;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly upstream: { readonly [Name in keyof Calls]: Upstream<Calls[Name]> };
  /** The folder of the data set; the same on every node of one machine. */
  readonly datasetDir: string;
  /** Where this node keeps what must outlive its process; undefined = nowhere. */
  readonly stateDir: string | undefined;
  /** Tells one life of the cluster from the next. */
  readonly clusterStartedAt: string;
  /** How well this process itself runs. */
  readonly lag: Pick<LagMeter, 'lagMs' | 'lostMs'>;
  /**
   * The ops network: other nodes' ops ports, and watchdogs. The token is needed to change something: only components
   * that do have it.
   */
  readonly ops: { readonly control: ControlClient; readonly token: string | undefined };
  /** For messages from each node to this one, and to other monitors; empty but for monitors. */
  readonly heartbeatKeys: Pick<Keyring, 'toMonitors' | 'fromNodes'>;
  /** Calls one certain node, whatever the view says: no choice, no second attempt. */
  readonly toNode: <C extends Contract>(contract: C, node: string) => Upstream<C>;
  /** Before each access to the disk: waits as long as a fault makes it slower; undefined = not at all. */
  readonly disk?: (key: string) => Promise<void> | undefined;
  /** The membership view that this node follows; undefined until a monitor answered for the first time. */
  readonly view: () => View | undefined;
  /** The context of work that the component begins by itself; `timeoutMs` = its deadline from now. */
  readonly newContext: (timeoutMs: number) => Context;
}

/** What a component gives back: running handlers, and what belongs to them. */
export interface Running<C extends Contract = Contract> {
  readonly handlers: Handlers<C>;
  /**
   * Public HTTP routes on the node's data port (client, gateway, console, monitor). Through `entrance` they call this
   * very component as other nodes do: past admission, statistics and faults, which a handler called directly would
   * miss.
   */
  readonly routes?: (server: FastifyInstance, entrance: Upstream<C>) => Promise<void> | void;
  /** Takes datagrams that arrive at the data port's number (UDP); `answer` sends one back to where it came from. */
  readonly datagrams?: (datagram: Uint8Array, answer: (datagram: Uint8Array) => void) => void;
  /** Shown under `/admin/state` on the ops port. */
  readonly state?: () => unknown;
  /** Releases timers, files and connections; called once, after the last request was answered. */
  readonly stop?: () => Promise<void> | void;
}

/** A part of the system with one function. Importing it starts nothing: `create` does. */
export interface Component<C extends Contract = Contract, Calls extends Contracts = Contracts> {
  readonly contract: C;
  /** The components that it calls, by name. */
  readonly calls: Calls;
  readonly create: (environment: Environment<Calls>) => Promise<Running<C>> | Running<C>;
}

/** Infers the types; returns its argument. */
export function component<C extends Contract, const Calls extends Contracts>(
  definition: Component<C, Calls>,
): Component<C, Calls> {
  return definition;
}
