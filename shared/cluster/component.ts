import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { LagMeter } from '../membership/lag.ts';
import type { View } from '../membership/view.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Context } from '../rpc/context.ts';
import type { WatchRequest } from '../rpc/http-context.ts';
import type { Contract, Handlers } from '../rpc/contract.ts';
import type { PolicyHolder } from '../rpc/policy.ts';
import type { Upstream } from '../rpc/upstream.ts';
import type { Keyring } from '../security/keyring.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { ControlClient } from '../control/client.ts';
import type { Topology, TopologyNode } from './topology.ts';

export type Contracts = Readonly<Record<string, Contract>>;

/** Everything that a component gets. It does not know where it, or any other component, runs. */
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
  /** The folder for data that must outlive the process; undefined = none. */
  readonly stateDir: string | undefined;
  /** Identifies one run of the cluster. */
  readonly clusterStartedAt: string;
  /** The policy in force on this node. */
  readonly policy: Pick<PolicyHolder, 'current'>;
  /** The lag of this process itself. */
  readonly lag: Pick<LagMeter, 'lagMs' | 'lostMs'>;
  /** The ops network: other nodes' ops ports, and watchdogs. Only components that give orders have the token. */
  readonly ops: { readonly control: ControlClient; readonly token: string | undefined };
  /** Further names by which people reach this machine (shared/control/own-host.ts). */
  readonly hosts?: readonly string[] | undefined;
  /**
   * On a monitor: the keys for the heartbeats that it gets, and for messages to other monitors. Empty on all other
   * nodes.
   */
  readonly heartbeatKeys: Pick<Keyring, 'toMonitors' | 'fromNodes'>;
  /** Calls one given node, whatever the view says, without balancing and without a second attempt. */
  readonly toNode: <C extends Contract>(contract: C, node: string) => Upstream<C>;
  /** Call this before each disk access: it waits for the extra time that a fault adds; undefined = no wait. */
  readonly disk?: (key: string) => Promise<void> | undefined;
  /** Records the public requests of this component in traces; pass it to `httpContexts`. */
  readonly watchRequest?: WatchRequest | undefined;
  /** The membership view that this node follows; undefined until a monitor answered for the first time. */
  readonly view: () => View | undefined;
  /** A context for work that the component starts by itself; its deadline is `timeoutMs` from now. */
  readonly newContext: (timeoutMs: number) => Context;
}

/** A running component: its handlers, and what belongs to them. */
export interface Running<C extends Contract = Contract> {
  readonly handlers: Handlers<C>;
  /**
   * Public HTTP routes on the node's data port (client, gateway, console, monitor). Through `entrance` the routes call
   * this component as other nodes do, so that admission, statistics and faults apply. A direct call of the handler
   * would skip these.
   */
  readonly routes?: (server: FastifyInstance, entrance: Upstream<C>) => Promise<void> | void;
  /** Receives datagrams at the data port's number (UDP); `answer` sends a datagram back to the sender. */
  readonly datagrams?: (datagram: Uint8Array, answer: (datagram: Uint8Array) => void) => void;
  /** Shown under `/admin/state` on the ops port. */
  readonly state?: () => unknown;
  /** Releases timers, files and connections; called once, after the last answer. */
  readonly stop?: () => Promise<void> | void;
}

/** A part of the system with one function. Importing a component starts nothing: `create` starts it. */
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
