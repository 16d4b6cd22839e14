import type { Logger } from 'pino';
import type { Metrics } from '../observe/metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { Learn } from './layers/replicas/attempt-end.ts';
import type { LayerEvent, Observe } from './layers/events.ts';
import type { Peers } from './layers/replicas/peers.ts';

export interface ClientMetrics {
  /** Called for every attempt at a replica. */
  readonly watchAttempt: Learn;
  /** Called for every exceptional event, on the client's and on the server's side. */
  readonly observe: Observe;
}

/** Events that are logged too, because an operator should read about each of them. */
const worthALine: ReadonlySet<LayerEvent['event']> = new Set([
  'ejected',
  'circuit',
  'vote-lost',
  'no-majority',
  'bad-signature',
  'bad-page',
  'contradiction',
  'panic',
]);

export interface ClientMetricsOptions {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly peers: Peers;
}

/** Exports the work of the middleware as metrics. The few events that reveal a faulty replica are also logged. */
export function clientMetrics({ metrics, log, clock, peers }: ClientMetricsOptions): ClientMetrics {
  metrics.gauge(
    'tierlab_rpc_ejected',
    'Replicas that this node keeps out of its choice now',
    ['component', 'node'],
    (gauge) => {
      gauge.reset();
      for (const { component, peers: replicas } of peers.groups())
        for (const { node, ejection } of replicas.values())
          if (ejection.until > clock.now()) gauge.set({ component, node }, 1);
    },
  );
  const attempts = metrics.histogram(
    'tierlab_rpc_client_duration_seconds',
    'Time of one attempt, as the caller sees it',
    ['component', 'operation', 'endpoint', 'code'],
  );
  const events = metrics.counter(
    'tierlab_rpc_events_total',
    'What the middleware did: retries, hedges, ejections, refusals ...',
    ['event', 'component'],
  );
  return {
    watchAttempt({ call, peer, code, elapsedMs }) {
      const endpoint = peer.node;
      attempts.observe(
        { component: call.component, operation: call.operation.name, endpoint, code },
        elapsedMs / 1_000,
      );
    },
    observe(event) {
      if (event.event === 'load') return;
      const component = 'call' in event ? event.call.component : event.component;
      events.inc({ event: event.event, component });
      if (worthALine.has(event.event)) {
        const { call: _call, ...fields } = event as LayerEvent & { call?: unknown };
        log.info({ ...fields, component }, 'middleware');
      }
    },
  };
}
