import type { Labels } from './label-sets.ts';

/**
 * One set of label values of a counter. Counting is an addition. The library prom-client would look up the label values
 * again at each count, so it gets the number only when the metric is read.
 */
export class PlainCounter {
  readonly labels: Labels;
  #fresh = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  inc(by = 1): void {
    this.#fresh += by;
  }

  /** What was counted since the last call. */
  take(): number {
    const fresh = this.#fresh;
    this.#fresh = 0;
    return fresh;
  }
}

/** One line of the exposition text of a histogram. */
export interface HistogramLine {
  readonly metricName: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
}

/** One set of label values of a histogram. */
export class PlainHistogram {
  readonly labels: Labels;
  /** The values in each bucket, not cumulated. The last bucket has the values above all bounds. */
  readonly counts: number[];
  readonly #bounds: readonly number[];
  #sum = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be observed`);
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.#sum += value;
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The buckets, cumulated, then the sum and the total. */
  lines(name: string): HistogramLine[] {
    const { labels } = this;
    let below = 0;
    const buckets = this.counts.map((count, i) => ({
      metricName: `${name}_bucket`,
      labels: { le: this.#bounds[i] ?? '+Inf', ...labels },
      value: (below += count),
    }));
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: { ...labels }, value: this.#sum },
      { metricName: `${name}_count`, labels: { ...labels }, value: below },
    ];
  }
}
