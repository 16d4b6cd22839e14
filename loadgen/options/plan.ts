import type { Stage } from './quantities.ts';
import type { LoadTarget } from './target.ts';
import type { WorkloadSpec } from '../workload/spec.ts';

/** When requests (or sessions) are due. */
export type Arrivals =
  | { kind: 'constant' }
  | { kind: 'poisson' }
  /** Groups of `size` at the same instant; the mean rate stays that of the profile. */
  | { kind: 'burst'; size: number }
  /** Instants in ms since the start, ascending. */
  | { kind: 'recorded'; atMs: number[] };

/**
 * open: requests are due by the clock, whatever the server does. partly-open: sessions arrive by the clock; the
 * requests of one session wait for each other. closed: each user sends the next request after the last answer and a
 * pause.
 */
export type LoadModel =
  | { kind: 'open'; stages: Stage[]; arrivals: Arrivals }
  | { kind: 'partly-open'; stages: Stage[]; arrivals: Arrivals }
  | { kind: 'closed'; users: number; thinkMs: Think };

export type Think = { kind: 'none' } | { kind: 'fixed'; ms: number } | { kind: 'exponential'; meanMs: number };

/** How far an answer is checked. Each level includes the levels before it. */
export type CheckLevel = 'none' | 'status' | 'schema' | 'content';

/** Everything that one run needs, as plain data: it is sent to the worker processes and kept with the results. */
export interface LoadPlan {
  target: LoadTarget;
  model: LoadModel;
  durationMs: number;
  /** Also the limit of requests in flight: HTTP/1.1 without pipelining carries one request per connection. */
  connections: number;
  workers: number;
  seed: string;
  precise: boolean;
  /** An exchange is given up after this time. */
  timeoutMs: number;
  headers: [string, string][];
  workload: WorkloadSpec;
  check: CheckLevel;
  /** Right answers within this time (from the intended time) count as goodput. */
  sloMs: number;
  /** Accept any certificate (`--insecure`); only for tests of your own servers. */
  insecure: boolean;
  /** PEM of an authority to trust beside the built-in ones. */
  ca?: string;
}

/** Requests (or sessions) per second that are due at `atMs` after the start; 0 for a closed model. */
export function rateAt(model: LoadModel, atMs: number): number {
  if (model.kind === 'closed') return 0;
  if (model.arrivals.kind === 'recorded') return meanRate(model);
  let startMs = 0;
  let rate = 0;
  for (const stage of model.stages) {
    const endMs = startMs + stage.durationMs;
    if (atMs < endMs) return rate + ((stage.ratePerSecond - rate) * (atMs - startMs)) / stage.durationMs;
    startMs = endMs;
    rate = stage.ratePerSecond;
  }
  return rate;
}

/** Mean requests per second that the plan asks for; 0 for a closed model. */
export function meanRate(model: LoadModel): number {
  if (model.kind === 'closed') return 0;
  if (model.arrivals.kind === 'recorded') {
    const last = model.arrivals.atMs.at(-1) ?? 0;
    return last > 0 ? (model.arrivals.atMs.length / last) * 1000 : 0;
  }
  let area = 0;
  let durationMs = 0;
  let rate = 0;
  for (const stage of model.stages) {
    area += ((rate + stage.ratePerSecond) / 2) * stage.durationMs;
    durationMs += stage.durationMs;
    rate = stage.ratePerSecond;
  }
  return durationMs > 0 ? area / durationMs : 0;
}
