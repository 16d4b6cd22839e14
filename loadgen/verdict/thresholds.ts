import { loadError } from '../options/errors.ts';
import { ratePerSecond } from '../measure/measured.ts';
import type { MeasuredRun } from '../measure/measured.ts';

const operators = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
};

type Operator = keyof typeof operators;
type Unit = 'ms' | 'share' | 'count' | 'rate';

/**
 * A parsed threshold such as "p(99)<100ms". `limit` is in the metric's unit: ms, a share (0 to 1), a count, or per
 * second.
 */
export interface Threshold {
  text: string;
  metric: string;
  unit: Unit;
  operator: Operator;
  limit: number;
}

export interface ThresholdResult {
  text: string;
  /** In the metric's unit; undefined when nothing was measured. */
  actual: number | undefined;
  unit: Unit;
  passed: boolean;
}

const counts: Record<string, Unit> = {
  wrong: 'count',
  broken: 'count',
  errors: 'count',
  unsent: 'count',
  asked: 'count',
  sent: 'count',
  done: 'count',
  right: 'count',
};
const shares: Record<string, Unit> = {
  error_rate: 'share',
  http_req_failed: 'share',
  wrong_rate: 'share',
  checks: 'share',
};
const rates: Record<string, Unit> = { goodput: 'rate', rate: 'rate', http_reqs: 'rate' };
const histograms = ['intended', 'latency', 'http_req_duration', 'sent', 'errors', 'lateness'];

/**
 * Parses a threshold in k6's syntax: [metric:]statistic operator value. Statistics of times are p(N), pN, avg, min, med
 * and max. They describe the latency from the intended time, unless "sent:", "errors:" or "lateness:" stands before.
 * Others are error_rate, wrong, goodput, ... Throws `bad_argument`.
 */
export function parseThreshold(text: string): Threshold {
  const match = /^\s*([a-z_:0-9().]+?)\s*(<=|>=|==|!=|<|>)\s*([\d.]+)\s*(us|ms|s|m|%|\/s)?\s*$/.exec(text);
  const refuse = (why: string) =>
    loadError(
      'bad_argument',
      `the threshold "${text}" ${why}; write for example 'p(99)<100ms', 'error_rate<1%' or 'wrong==0'`,
    );
  if (!match) throw refuse('cannot be read');
  const [, metric = '', operator = '', number = '', suffix = ''] = match;
  const unit = unitOf(metric);
  if (!unit) throw refuse(`names no known figure "${metric}"`);
  const value = Number(number);
  if (!Number.isFinite(value)) throw refuse('has no number');
  const fits = { ms: /^(us|ms|s|m|)$/, share: /^%?$/, count: /^$/, rate: /^(\/s)?$/ }[unit];
  if (!fits.test(suffix)) throw refuse(`has the wrong unit "${suffix}"`);
  const factor = unit === 'ms' ? { us: 0.001, ms: 1, s: 1000, m: 60_000 }[suffix || 'ms'] : suffix === '%' ? 0.01 : 1;
  return { text: text.trim(), metric, unit, operator: operator as Operator, limit: value * (factor ?? 1) };
}

function unitOf(metric: string): Unit | undefined {
  const simple = counts[metric] ?? shares[metric] ?? rates[metric];
  if (simple) return simple;
  const [head, tail] = metric.includes(':') ? metric.split(':') : ['intended', metric];
  const statistic = /^(avg|min|med|max|p\((\d+(\.\d+)?)\)|p(\d+(\.\d+)?))$/.exec(tail ?? '');
  const p = Number(statistic?.[2] ?? statistic?.[4] ?? 0);
  return statistic && p <= 100 && histograms.includes(head ?? '') ? 'ms' : undefined;
}

export function judgeThreshold(threshold: Threshold, run: MeasuredRun): ThresholdResult {
  const actual = valueOf(threshold.metric, run);
  const { text, unit, operator, limit } = threshold;
  // A threshold without a measurement has not passed.
  return { text, actual, unit, passed: actual !== undefined && operators[operator](actual, limit) };
}

function valueOf(metric: string, run: MeasuredRun): number | undefined {
  const { counts: n, durationMs } = run;
  const ended = n.done + n.errors;
  switch (metric) {
    case 'wrong':
    case 'errors':
    case 'asked':
    case 'sent':
    case 'done':
    case 'right':
      return n[metric];
    case 'broken':
      return run.sessions.broken;
    case 'unsent':
      return n.asked - n.sent;
    case 'error_rate':
    case 'http_req_failed':
      return ended === 0 ? undefined : n.errors / outcomes(run);
    case 'wrong_rate':
      return ended === 0 ? undefined : n.wrong / outcomes(run);
    case 'checks':
      return ended === 0 ? undefined : n.right / outcomes(run);
    case 'goodput':
      return ratePerSecond(n.good, durationMs);
    case 'rate':
    case 'http_reqs':
      return ratePerSecond(n.done, durationMs);
    default:
      return timeOf(metric, run);
  }
}

/**
 * Whether the server alone missed the threshold. Latencies then count from sending, without the wait for a free
 * connection. Rates depend on what was sent, so they say nothing.
 */
export function missedByServer(threshold: Threshold, run: MeasuredRun): boolean {
  if (threshold.unit === 'rate') return false;
  return !judgeThreshold(threshold, { ...run, latency: { ...run.latency, intended: run.latency.sent } }).passed;
}

/** Every request that ended is exactly one of right, wrong, error. */
function outcomes(run: MeasuredRun): number {
  return Math.max(1, run.counts.right + run.counts.wrong + run.counts.errors);
}

function timeOf(metric: string, run: MeasuredRun): number | undefined {
  const [head, statistic = ''] = metric.includes(':') ? metric.split(':') : ['intended', metric];
  const { latency } = run;
  const histogram = head === 'sent' || head === 'errors' || head === 'lateness' ? latency[head] : latency.intended;
  if (histogram.count === 0) return undefined;
  if (statistic === 'avg') return histogram.meanMs();
  if (statistic === 'min') return histogram.minMs();
  if (statistic === 'max') return histogram.maxMs();
  if (statistic === 'med') return histogram.percentileMs(50);
  return histogram.percentileMs(Number(statistic.replace(/[p()]/g, '')));
}
