import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** The parts of a PromQL expression that the tests check. */
export interface Parsed {
  /** Why the text is not valid PromQL; undefined if it is valid. */
  readonly problem: string | undefined;
  /** Names of metrics, and those that a matcher of `__name__` lists. */
  readonly metrics: readonly string[];
  /** Each metric, and whether it is the argument of rate, increase or a similar function. */
  readonly uses: readonly { readonly metric: string; readonly underRate: boolean }[];
  /** Windows of range selectors, seconds. */
  readonly windows: readonly number[];
}

const rates = new Set(['rate', 'irate', 'increase', 'resets', 'histogram_quantile']);
const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** The value that Grafana gives its variable here: four scrapes of five seconds. */
export const rateInterval = '20s';

/** The expression with the values that Grafana puts in for its variables. */
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
