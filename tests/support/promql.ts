import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** What a PromQL expression asks for. */
export interface Parsed {
  /** Why it is no PromQL; undefined = it is. */
  readonly problem: string | undefined;
  /** Names of metrics, also those that a matcher of `__name__` lists. */
  readonly metrics: readonly string[];
  /** Each metric with whether it is inside rate, increase or their kin. */
  readonly uses: readonly { readonly metric: string; readonly underRate: boolean }[];
  /** Windows of range selectors, seconds. */
  readonly windows: readonly number[];
}

const rates = new Set(['rate', 'irate', 'increase', 'resets', 'histogram_quantile']);
const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Stands for Grafana's variable: four scrapes of five seconds, as Grafana sets it. */
export const rateInterval = '20s';

/** What Grafana puts in before it asks. */
export const asAsked = (expr: string): string =>
  expr.replaceAll('$__rate_interval', rateInterval).replaceAll(/\$(?:node|component)\b/g, '.*');

export function parsePromql(expr: string): Parsed {
  const text = asAsked(expr);
  const uses: { metric: string; underRate: boolean }[] = [];
  const windows: number[] = [];
  let problem: string | undefined;
  parser.parse(text).iterate({
    enter(node) {
      const own = text.slice(node.from, node.to);
      if (node.type.isError) problem ??= `at ${node.from}: ${text.slice(Math.max(0, node.from - 20), node.to + 20)}`;
      if (node.name === 'VectorSelector')
        for (const metric of metricsOf(own)) uses.push({ metric, underRate: isUnderRate(node.node, text) });
      if (node.name === 'MatrixSelector')
        windows.push(...Array.from(own.matchAll(/\[(\d+)(ms|s|m|h|d)\]/g), toSeconds));
    },
  });
  return { problem, uses, windows, metrics: uses.map(({ metric }) => metric) };
}

const toSeconds = ([, count, unit]: RegExpExecArray): number => Number(count) * seconds[unit!]!;

function metricsOf(selector: string): string[] {
  const pattern = /__name__=~"([^"]+)"/.exec(selector)?.[1];
  if (pattern !== undefined) return alternatives(pattern);
  return /^[a-zA-Z_:][\w:]*/.exec(selector)?.slice() ?? [];
}

/** `a_(b|c)_d` -> a_b_d, a_c_d */
function alternatives(pattern: string): string[] {
  const match = /^(.*)\(([^()]+)\)(.*)$/.exec(pattern);
  return match ? match[2]!.split('|').flatMap((choice) => alternatives(match[1]! + choice + match[3]!)) : [pattern];
}

function isUnderRate(from: SyntaxNode, text: string): boolean {
  for (let node: SyntaxNode | null = from; node; node = node.parent)
    if (node.name === 'FunctionCall' && rates.has(/^\w+/.exec(text.slice(node.from))![0])) return true;
  return false;
}
