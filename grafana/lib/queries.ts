/** The pieces of PromQL that several dashboards share. Rules that record series are in prometheus/rules.yml. */

/** The series of nodes that Prometheus reaches: the last counts of a dead node must not distort a total. */
export const ofLiving = (expr: string): string => `(${expr}) and on (node) (up{job="tierlab"} == 1)`;

/** Label matchers for the nodes and components that the reader has chosen. */
export const chosenNodes = 'node=~"$node"';
export const chosenComponents = 'component=~"$component"';
export const chosen = `${chosenComponents}, ${chosenNodes}`;

/** Per second, over four scrapes or more. */
export const eventRate = (metric: string, ...labels: readonly string[]): string =>
  `rate(${metric}{${labels.join(', ')}}[$__rate_interval])`;

/** The sum for each value of a label, over the nodes that Prometheus reaches. */
export const sumBy = (label: string, expr: string): string => `sum by (${label}) (${ofLiving(expr)})`;

/** A quantile of a histogram. It has no value where nothing happened, because 0 / 0 is no latency. */
export function histogramQuantile(q: number, by: string, metric: string, labels = ''): string {
  const times = `sum by (${by}, le) (${eventRate(`${metric}_bucket`, labels)})`;
  const happened = `sum by (${by}) (${eventRate(`${metric}_count`, labels)}) > 0`;
  return `histogram_quantile(${q}, ${times}) and on (${by}) (${happened})`;
}

/** The mean of a histogram, without a value where nothing happened. */
export function mean(by: string, metric: string, labels = ''): string {
  const count = `sum by (${by}) (${eventRate(`${metric}_count`, labels)})`;
  return `sum by (${by}) (${eventRate(`${metric}_sum`, labels)}) / (${count} > 0)`;
}

/** The same series with the label `to`, which has the value of the label `from`. */
export const labelled = (expr: string, to: string, from: string): string =>
  `label_replace(${expr}, "${to}", "$1", "${from}", "(.*)")`;

/** A share, without a value where the whole is 0. */
export const share = (part: string, whole: string): string => `(${part}) / ((${whole}) > 0)`;

/** The tiers with public ports, as users and load generators see them. */
export const doors = 'tier=~"client|gateway|server"';
