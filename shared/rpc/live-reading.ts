import { performance } from 'node:perf_hooks';
import { errorCodes, type ErrorCode } from './errors.ts';
import { latencyBuckets, type Metrics, type MetricSample } from '../observe/metrics.ts';
import { version } from '../version.ts';
import { outcomeOf } from './outcome.ts';

/** Calls of one kind since the process started. The difference of two readings gives rate, success and latency. */
export interface Flow {
  /** The called component; `door` for public HTTP requests. */
  readonly component: string;
  /** The called node, for calls that this node makes. */
  readonly endpoint?: string;
  readonly ok: number;
  readonly failed: number;
  /** How many calls ended in each bucket of `LiveReading.bounds`, and in one more bucket for the slower calls. */
  readonly buckets: readonly number[];
}

/**
 * The few numbers of a node that the console asks for every second. `/metrics` has all of them and many more, but costs
 * a node about ten times as much (1 ms of CPU instead of 0.1 ms, at a node that calls 13 others).
 */
export interface LiveReading {
  readonly incarnation: number;
  /** The versions of Tierlab and of Node.js. */
  readonly build: string;
  /** Since the process started, ms. */
  readonly upMs: number;
  readonly lagMs: number;
  /** For how many ms the event loop had work, and for how many ms it had none, since the process started. */
  readonly loop: { readonly activeMs: number; readonly idleMs: number };
  readonly memoryBytes: number;
  /** Upper bounds of the buckets, seconds. */
  readonly bounds: readonly number[];
  /** Requests of people at the public ports. */
  readonly door: Flow;
  /** Calls that this node answered, by component. */
  readonly served: readonly Flow[];
  /** Calls that this node made, by component and node. */
  readonly called: readonly Flow[];
  /** Calls being answered now, by component. */
  readonly inFlight: Readonly<Record<string, number>>;
  /** A call is refused after a longer wait than this, ms; absent where nothing is refused because of waiting. */
  readonly longestWaitMs?: number;
  /** Nodes that this node keeps out of its choice. */
  readonly ejects: readonly string[];
  /** The state of each circuit breaker that is not closed, by component. */
  readonly circuits: Readonly<Record<string, string>>;
}

/**
 * The routes of the files of a page, such as scripts. A browser asks for them by itself, so they do not count as
 * requests of people.
 */
const notCounted: ReadonlySet<string> = new Set(['/assets/:file', '/*']);

/** Reads the metrics that the node counts anyway. */
export async function liveReading(
  metrics: Metrics,
  { incarnation, lagMs }: { readonly incarnation: number; readonly lagMs: number },
): Promise<LiveReading> {
  const [door, served, results, called, attempts, inFlight, waits, ejected, circuits] = (await Promise.all(
    [
      'tierlab_http_server_duration_seconds',
      'tierlab_rpc_server_duration_seconds',
      'tierlab_rpc_server_calls_total',
      'tierlab_rpc_client_duration_seconds',
      'tierlab_rpc_attempts_total',
      'tierlab_rpc_server_in_flight',
      'tierlab_rpc_admission_limit',
      'tierlab_rpc_ejected',
      'tierlab_rpc_circuit_state',
    ].map((name) => metrics.read(name)),
  )) as Tuple<readonly MetricSample[], 9>;
  const { active, idle } = performance.eventLoopUtilization();
  const people = door.filter(({ labels }) => !notCounted.has(labels.route ?? ''));
  const limits = waits.map(({ value }) => value);
  const toDoor = () => ({ component: 'door' });
  return {
    incarnation,
    build: `Tierlab ${version} on Node.js ${process.versions.node}`,
    upMs: Math.round(process.uptime() * 1_000),
    lagMs: Math.round(lagMs * 10) / 10,
    loop: { activeMs: Math.round(active), idleMs: Math.round(idle) },
    memoryBytes: process.memoryUsage.rss(),
    bounds: latencyBuckets,
    door: flows(people, people, toDoor)[0] ?? { component: 'door', ok: 0, failed: 0, buckets: [] },
    served: flows(served, results, ({ component = '' }) => ({ component })),
    called: flows(called, attempts, ({ component = '', endpoint = '' }) => ({ component, endpoint })),
    inFlight: Object.fromEntries(inFlight.map(({ labels, value }) => [labels.component, value])),
    ...(limits.length > 0 && { longestWaitMs: Math.round(Math.min(...limits) * 1_000) }),
    ejects: [...new Set(ejected.filter(({ value }) => value > 0).map(({ labels }) => labels.endpoint!))],
    circuits: Object.fromEntries(
      circuits
        .filter(({ labels, value }) => value > 0 && labels.state !== 'closed')
        .map(({ labels }) => [labels.component, labels.state!]),
    ),
  };
}

type Tuple<T, N extends number, R extends T[] = []> = R['length'] extends N ? R : Tuple<T, N, [...R, T]>;

/** Sums the series of each key into one flow: latencies from `durations`, success from `results`. */
function flows(
  durations: readonly MetricSample[],
  results: readonly MetricSample[],
  keyOf: (labels: MetricSample['labels']) => Pick<Flow, 'component' | 'endpoint'>,
): Flow[] {
  const found = new Map<string, Flow & { ok: number; failed: number; buckets: number[] }>();
  function flowOf(labels: MetricSample['labels']) {
    const key = keyOf(labels);
    const name = `${key.component} ${key.endpoint}`;
    return found.getOrInsertComputed(name, () => ({ ...key, ok: 0, failed: 0, buckets: [] }));
  }
  for (const { labels, buckets } of durations) {
    const flow = flowOf(labels);
    for (let i = 0; i < (buckets?.length ?? 0); i++) flow.buckets[i] = (flow.buckets[i] ?? 0) + buckets![i]!;
  }
  for (const { labels, value } of results) flowOf(labels)[isFailure(labels) ? 'failed' : 'ok'] += value;
  return [...found.values()];
}

/** Neither a wrong request nor a caller that left is a failure of the node. */
function isFailure({ outcome, code, status }: MetricSample['labels']): boolean {
  if (status !== undefined) return Number(status) >= 500;
  const its = outcome ?? (code !== undefined && isCode(code) ? outcomeOf(code) : 'ok');
  return its === 'failed' || its === 'refused';
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);
