import type { Directory } from './directory.ts';
import type { Identity } from '../security/certificates.ts';
import { compose, type Call, type Endpoint, type Layer, type Service } from './call.ts';
import { RpcError } from './errors.ts';
import { deadline } from './layers/deadlines/deadline.ts';
import { routes } from './layers/balancing/routes.ts';
import { clientLayers, type ClientDependencies } from './client-layers.ts';
import { sentTo } from './derived-call.ts';
import type { PolicyHolder } from './policy.ts';
import { httpClientTransport } from './transports/http-client.ts';
import { localTransport } from './transports/local.ts';

export interface ClientOptions extends Omit<ClientDependencies, 'endpoints'> {
  readonly node: string;
  /**
   * Whether this node itself hosts a component, or one shard of it. Calls to a component of this node are function
   * calls.
   */
  readonly isHosted: (component: string, shard?: number) => boolean;
  /** The entry for calls to this node itself. */
  readonly serve: Service;
  readonly directory: Directory;
  readonly policy: PolicyHolder;
  /** With mutual TLS between nodes. */
  readonly identity?: (() => Identity) | undefined;
  /** Wraps the transport: a simulated faulty network for messages from this node. */
  readonly atExit?: Layer;
}

export interface Client {
  /** Calls a component, wherever it runs: all layers, then the transport. */
  readonly service: Service;
  /** Calls one given node, with a deadline, but without a choice of replica or a second attempt. */
  readonly toNode: (node: string) => Service;
  /** Connections to other nodes that are open now. */
  readonly openConnections: () => number;
  readonly close: () => Promise<void>;
}

/**
 * The client side of a node.
 *
 *   upstream.ranking.rank(...) -> layers of the policy -+-> http  -> another node
 *                                                       +-> local -> this node
 */
export function createClient(options: ClientOptions): Client {
  const { node, isHosted, serve, directory, policy, clock, scheduler, observe, identity } = options;
  const { atExit = (next) => next } = options;
  const onPartial = ({ component, endpoint }: Call): void =>
    observe?.({ event: 'partial', component, node: endpoint?.node ?? '' });
  const http = httpClientTransport({ node, clock, scheduler, identity, onPartial });
  const local = localTransport(serve);
  const here: Endpoint = { node, host: '', port: 0 };
  const onlyHere: readonly Endpoint[] = [here];
  const endpoints = (component: string, shard?: number): readonly Endpoint[] =>
    isHosted(component, shard) ? onlyHere : directory.endpoints(component, shard);
  const transport: Service = atExit((call: Call) => (call.endpoint === here ? local(call) : http.send(call)));
  const overAnyRoute = routes({ returnMs: 10_000 }, { clock });
  const bounded = deadline({ defaultMs: 10_000, maxMs: 600_000 }, { clock, scheduler })(overAnyRoute(transport));

  return {
    service: compose(clientLayers(policy, { ...options, endpoints }), transport),
    toNode: (target) => (call) => {
      const endpoint = target === node ? here : directory.node(target);
      if (!endpoint) return Promise.reject(new RpcError('unavailable', `${target} is not in the topology`));
      return bounded(sentTo(call, endpoint));
    },
    openConnections: http.openConnections,
    close: () => http.close(),
  };
}
