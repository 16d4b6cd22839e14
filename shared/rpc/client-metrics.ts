import type { Logger } from 'pino';
import type { CounterSeries, HistogramSeries, Metrics } from '../observe/metrics.ts';
import type { Learn } from './layers/replicas/attempt-end.ts';
import type { LayerEvent, Observe } from './layers/events.ts';
import type { Peer } from './layers/replicas/peers.ts';
import type { Call } from './call.ts';
import type { Operation } from './contract.ts';
import type { Callee } from './callees.ts';
import { cacheResults, hedgeWinners, type Tally } from './layers/tally.ts';
import type { WatchCall } from './layers/watch-calls.ts';
import { outcomeOf } from './outcome.ts';

export interface ClientMetrics {
  /** Called for every call, with all its attempts. */
  readonly watchCall: WatchCall;
  /** Called for every attempt at a replica. */
  readonly watchAttempt: Learn;
  readonly tally: Tally;
  /** Called for every exceptional event, on the client's and on the server's side. */
  readonly observe: Observe;
}

/** Events that an operator should see in the log. The others are logged at the level `debug`. */
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

/** Events that most nodes see at some time. Their counters start at 0; a rarer event creates its counter. */
const usualEvents = ['retry', 'hedge', 'ejected', 'budget_exhausted', 'circuit'] as const;

/** Results of a first attempt whose counters start at 0: what callers see when a node works, hangs or is gone. */
const usualCodes = ['ok', 'unreachable', 'connection_lost', 'deadline_exceeded'] as const;

/** Results of votes whose counters start at 0. */
const usualVotes = ['majority', 'minority', 'failed'] as const;

export interface ClientMetricsOptions {
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The components that this node calls: their series start at 0. */
  readonly callees: readonly Callee[];
}

/** Exports the calls of this node as metrics. The few events that reveal a faulty replica are also logged. */
export function clientMetrics({ metrics, log, callees }: ClientMetricsOptions): ClientMetrics {
  return {
    watchCall: countCalls(metrics, callees),
    watchAttempt: measureAttempts(metrics, callees),
    tally: countResults(metrics, callees),
    observe: countEvents(metrics, log, callees),
  };
}

function countCalls(metrics: Metrics, callees: readonly Callee[]): WatchCall {
  const calls = metrics.counter(
    'tierlab_rpc_calls_total',
    'Calls that this node made, by the result that its code saw; `masked_by` = the mechanism that hid a failure',
    ['component', 'operation', 'outcome', 'masked_by'],
  );
  /** The series of nearly all calls, looked up once. */
  const usual = new Map<Operation, CounterSeries>();
  const usualOf = (component: string, operation: Operation): CounterSeries =>
    usual.getOrInsertComputed(operation, () =>
      calls.labels({ component, operation: operation.name, outcome: 'ok', masked_by: 'none' }),
    );
  for (const { contract } of callees)
    for (const operation of Object.values(contract.operations)) {
      const { component } = contract;
      usualOf(component, operation);
      calls.labels({ component, operation: operation.name, outcome: 'failed', masked_by: 'none' });
      calls.labels({ component, operation: operation.name, outcome: 'ok', masked_by: 'retry' });
    }
  return function watchCall({ component, operation }, code, _elapsedMs, maskedBy) {
    if (code === 'ok' && maskedBy === undefined) return usualOf(component, operation).inc();
    calls.inc({ component, operation: operation.name, outcome: outcomeOf(code), masked_by: maskedBy ?? 'none' });
  };
}

function measureAttempts(metrics: Metrics, callees: readonly Callee[]): Learn {
  const durations = metrics.histogram(
    'tierlab_rpc_client_duration_seconds',
    'Time of one attempt, as the caller sees it',
    ['component', 'operation', 'endpoint'],
  );
  const attempts = metrics.counter(
    'tierlab_rpc_attempts_total',
    'Attempts at replicas; `kind` = why the attempt was made, `code` = ok or an error code',
    ['component', 'endpoint', 'kind', 'code'],
  );
  for (const { contract, endpoints } of callees)
    for (const endpoint of endpoints)
      for (const code of usualCodes) attempts.labels({ component: contract.component, endpoint, kind: 'first', code });

  /** The series of one replica, looked up once. */
  const known = new WeakMap<Peer, { readonly ok: CounterSeries; readonly durations: Map<string, HistogramSeries> }>();
  return function watchAttempt({ call, peer, code, elapsedMs }) {
    const { component, operation, planned } = call;
    const endpoint = peer.node;
    const kind = planned?.kind ?? 'first';
    const series = known.getOrInsertComputed(peer, () => ({
      ok: attempts.labels({ component, endpoint, kind: 'first', code: 'ok' }),
      durations: new Map(),
    }));
    if (kind === 'first' && code === 'ok') series.ok.inc();
    else attempts.inc({ component, endpoint, kind, code });
    series.durations
      .getOrInsertComputed(operation.name, (name) => durations.labels({ component, operation: name, endpoint }))
      .observe(elapsedMs / 1_000);
  };
}

function countResults(metrics: Metrics, callees: readonly Callee[]): Tally {
  const requests = metrics.counter('tierlab_rpc_cache_requests_total', 'Calls that the cache of this node looked up', [
    'component',
    'result',
  ]);
  const hedges = metrics.counter('tierlab_rpc_hedges_total', 'Calls that were hedged, by the attempt that answered', [
    'component',
    'winner',
  ]);
  const votes = metrics.counter('tierlab_rpc_votes_total', 'Votes of each replica, by what they were worth', [
    'component',
    'endpoint',
    'result',
  ]);
  for (const { contract, endpoints } of callees) {
    const { component } = contract;
    for (const result of cacheResults) requests.labels({ component, result });
    for (const winner of hedgeWinners) hedges.labels({ component, winner });
    for (const endpoint of endpoints) for (const result of usualVotes) votes.labels({ component, endpoint, result });
  }
  return {
    cache: (component, result) => requests.inc({ component, result }),
    hedge: (component, winner) => hedges.inc({ component, winner }),
    vote: (component, node, result) => votes.inc({ component, endpoint: node, result }),
  };
}

function countEvents(metrics: Metrics, log: Logger, callees: readonly Callee[]): Observe {
  const events = metrics.counter(
    'tierlab_rpc_events_total',
    'What the middleware did: retries, hedges, ejections, refusals ...',
    ['event', 'component'],
  );
  for (const { contract } of callees)
    for (const event of usualEvents) events.labels({ event, component: contract.component });
  return function observe(event) {
    if (event.event === 'load') return;
    const component = 'call' in event ? event.call.component : event.component;
    events.inc({ event: event.event, component });
    const level = worthALine.has(event.event) ? 'info' : 'debug';
    if (!log.isLevelEnabled(level)) return;
    const { call, ...fields } = event as LayerEvent & { call?: Call };
    const request = call && { requestId: call.requestId, traceId: call.trace.traceId, operation: call.operation.name };
    log[level]({ ...fields, component, ...request }, 'middleware');
  };
}
