import { createHistogram, type DecayingHistogram } from '../../histogram.ts';
import type { AttemptEnd, Learn } from './attempt-end.ts';

/** The parts of an operation that the statistics need. */
export interface OperationId {
  readonly name: string;
  readonly composite: boolean;
}

/** The known latencies of one operation: over all its replicas, and by replica. */
export interface OperationStatistics {
  readonly component: string;
  readonly operation: OperationId;
  /** Attempts at any replica. */
  readonly attempts: DecayingHistogram;
  /** The attempts at each node, by the id of the node. */
  readonly byNode: Map<string, DecayingHistogram>;
  /**
   * The quantile of all attempts, ms; undefined below `minSamples`. Every call asks for it, so the value may be up to
   * 100 ms old.
   */
  quantile(q: number, now: number, minSamples: number): number | undefined;
  record(node: string, valueMs: number, now: number): void;
}

/**
 * The latencies of all operations that this node calls. Hedge delay, attempt timeout and outlier ejection are computed
 * from them.
 */
export interface LatencyStatistics {
  of(component: string, operation: OperationId): OperationStatistics;
  all(): Iterable<OperationStatistics>;
}

const maxAgeMs = 100;

export function createStatistics(): LatencyStatistics {
  const known = new Map<string, Map<string, OperationStatistics>>();
  return {
    of(component, operation) {
      return known
        .getOrInsertComputed(component, () => new Map())
        .getOrInsertComputed(operation.name, () => createOperationStatistics(component, operation));
    },
    *all() {
      for (const operations of known.values()) yield* operations.values();
    },
  };
}

function createOperationStatistics(component: string, operation: OperationId): OperationStatistics {
  const attempts = createHistogram();
  const byNode = new Map<string, DecayingHistogram>();
  const quantiles = new Map<number, { at: number; value: number | undefined }>();
  return {
    component,
    operation,
    attempts,
    byNode,
    quantile(q, now, minSamples) {
      if (attempts.count < minSamples) return undefined;
      const cached = quantiles.getOrInsertComputed(q, () => ({ at: -Infinity, value: undefined }));
      if (now - cached.at >= maxAgeMs) {
        cached.at = now;
        cached.value = attempts.quantile(q);
      }
      return cached.value;
    },
    record(node, valueMs, now) {
      attempts.record(valueMs, now);
      byNode.getOrInsertComputed(node, () => createHistogram()).record(valueMs, now);
    },
  };
}

/**
 * The latency to record for one attempt, ms; undefined for nothing. An abandoned attempt (a hedge won, or the caller
 * left) would have taken at least as long. If the statistics left out abandoned attempts, slow attempts would disappear
 * from them: the hedge delay would fall, more calls would be hedged, and so on. Failures are not recorded, except
 * timeouts.
 */
export function sampleOf({
  code,
  elapsedMs,
  evidence,
}: Pick<AttemptEnd, 'code' | 'elapsedMs' | 'evidence'>): number | undefined {
  const timedOut = code === 'deadline_exceeded' && evidence === 'failure';
  return evidence === 'reply' || evidence === 'unanswered' || timedOut ? elapsedMs : undefined;
}

/** Records attempts in the statistics, by which the layers tune themselves. */
export function learnStatistics(statistics: LatencyStatistics): Learn {
  return (end) => {
    const sampleMs = sampleOf(end);
    if (sampleMs === undefined) return;
    statistics.of(end.call.component, end.call.operation).record(end.peer.node, sampleMs, end.endedAt);
  };
}
