import type { Directory } from './directory.ts';
import type { Identity } from '../security/certificates.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import { compose, type Call, type Endpoint, type Layer, type Service } from './call.ts';
import { RpcError } from './errors.ts';
import type { BatchCodec } from './layers/sharing/batch.ts';
import { deadline } from './layers/deadlines/deadline.ts';
import type { Observe } from './layers/events.ts';
import { routes } from './layers/balancing/routes.ts';
import type { Peers } from './layers/replicas/peers.ts';
import type { LatencyStatistics } from './layers/replicas/latency-statistics.ts';
import type { Learn } from './layers/replicas/attempt-end.ts';
import type { ReceiptDesk, ReplyChecks } from './layers/trust/verify.ts';
import type { WatchCall } from './layers/watch-calls.ts';
import type { Budgets } from './layers/retries/budget.ts';
import type { Tally } from './layers/tally.ts';
import { clientLayers } from './client-layers.ts';
import { sentTo } from './derived-call.ts';
import type { PolicyHolder } from './policy.ts';
import { httpClientTransport } from './transports/http-client.ts';
import { localTransport } from './transports/local.ts';

export interface ClientOptions {
  readonly node: string;
  /** Whether this node itself hosts a component, or one shard of it. Calls to it are then function calls. */
  readonly isHosted: (component: string, shard?: number) => boolean;
  /** The entry for calls to this node itself. */
  readonly serve: Service;
  readonly directory: Directory;
  readonly policy: PolicyHolder;
  readonly clock: Clock;
  readonly random: Random;
  /** A timer wheel, where clocks are real: each call sets several timers and cancels nearly all of them. */
  readonly scheduler: Scheduler;
  readonly observe?: Observe;
  readonly watchCall?: WatchCall;
  readonly watchAttempt?: Learn;
  readonly tally?: Tally;
  /**
   * The knowledge about replicas, and the latencies by which the layers tune themselves. Created inside unless the
   * caller passes it in, to read it.
   */
  readonly peers?: Peers;
  readonly statistics?: LatencyStatistics;
  readonly budget?: Budgets;
  /** How to check replies, besides their schema, and how to keep receipts. */
  readonly checks?: ReplyChecks;
  readonly receipts?: ReceiptDesk | undefined;
  /** How to join calls into batches, where the policy wants it. */
  readonly codecs?: Readonly<Record<string, BatchCodec>>;
  /** With mutual TLS between nodes. */
  readonly identity?: (() => Identity) | undefined;
  /** Wraps the transport: a simulated faulty network for messages from this node. */
  readonly atExit?: Layer;
}

export interface Client {
  /** Calls a component, wherever it runs: all layers, then the transport. */
  readonly service: Service;
  /** Calls one given node, as heartbeats do: with a deadline, but without a choice of replica or a second attempt. */
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
  const {
    node,
    isHosted,
    serve,
    directory,
    policy,
    clock,
    random,
    scheduler,
    observe,
    watchCall,
    watchAttempt,
    tally,
    peers,
    statistics,
    budget,
  } = options;
  const { atExit = (next) => next, checks, receipts } = options;
  const onPartial = ({ component, endpoint }: Call): void =>
    observe?.({ event: 'partial', component, node: endpoint?.node ?? '' });
  const http = httpClientTransport({ node, clock, scheduler, identity: options.identity, onPartial });
  const local = localTransport(serve);
  const here: Endpoint = { node, host: '', port: 0 };
  const onlyHere: readonly Endpoint[] = [here];
  const endpoints = (component: string, shard?: number): readonly Endpoint[] =>
    isHosted(component, shard) ? onlyHere : directory.endpoints(component, shard);
  const transport: Service = atExit((call: Call) => (call.endpoint === here ? local(call) : http.send(call)));
  const overAnyRoute = routes({ returnMs: 10_000 }, { clock });
  const bounded = deadline({ defaultMs: 10_000, maxMs: 600_000 }, { clock, scheduler })(overAnyRoute(transport));

  return {
    service: compose(
      clientLayers(policy, {
        clock,
        random,
        scheduler,
        endpoints,
        ...(observe && { observe }),
        ...(watchCall && { watchCall }),
        ...(watchAttempt && { watchAttempt }),
        ...(tally && { tally }),
        ...(peers && { peers }),
        ...(statistics && { statistics }),
        ...(budget && { budget }),
        ...(checks && { checks }),
        ...(options.codecs && { codecs: options.codecs }),
        receipts,
      }),
      transport,
    ),
    toNode: (target) => (call) => {
      const endpoint = target === node ? here : directory.node(target);
      if (!endpoint) return Promise.reject(new RpcError('unavailable', `${target} is not in the topology`));
      return bounded(sentTo(call, endpoint));
    },
    openConnections: http.openConnections,
    close: () => http.close(),
  };
}
