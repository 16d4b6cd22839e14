import type { Labels } from './label-sets.ts';

/** The text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

export const headText = (name: string, help: string, type: string): string =>
  `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`;

/** The labels of a series, without the braces. */
export const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`)
    .join(',');

export function lineText(name: string, labels: string, value: number): string {
  const number = Math.abs(value) === Infinity ? (value > 0 ? '+Inf' : '-Inf') : `${value}`;
  return labels === '' ? `${name} ${number}\n` : `${name}{${labels}} ${number}\n`;
}
