import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

interface MetricRow {
  readonly type: string;
  readonly labels: readonly string[];
}

/** The rows about metrics in all READMEs: name -> type and labels. Rows about one metric in two places must agree. */
function documentedMetrics(): ReadonlyMap<string, MetricRow> {
  const rows = new Map<string, MetricRow>();
  for (const folder of ['shared', 'services', 'web', 'loadgen']) {
    for (const file of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (path.basename(file) !== 'README.md') continue;
      const text = readFileSync(path.join(root, folder, file), 'utf8');
      for (const [, name, type, labels] of text.matchAll(/^\| `?(tierlab_\w+)`? +\| (\w+) +\| ([^|]*)\|/gm)) {
        const row = {
          type: type!,
          labels: labels!
            .split(',')
            .flatMap((label) => label.trim() || [])
            .toSorted(),
        };
        const other = rows.get(name!);
        if (other && JSON.stringify(other) !== JSON.stringify(row))
          throw new Error(`${name} is documented twice, differently`);
        rows.set(name!, row);
      }
    }
  }
  return rows;
}

interface Scraped {
  readonly type: string;
  /** The label sets without those that every series of the process has, and without buckets. */
  readonly sets: readonly Readonly<Record<string, string>>[];
}

/** The metrics of one process, from its exposition text. */
export function scraped(text: string): ReadonlyMap<string, Scraped> {
  const metrics = new Map<string, { type: string; sets: Record<string, string>[] }>();
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)/gm)) metrics.set(name!, { type: type!, sets: [] });
  for (const [, series, labels = ''] of text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const name = metrics.has(series!) ? series! : series!.replace(/_count$/, '');
    const set = Object.fromEntries(
      Array.from(labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g), ([, key, value]) => [key!, value!]),
    );
    const { node: _node, topology: _topology, ...own } = set;
    metrics.get(name)?.sets.push(own);
  }
  return metrics;
}

/** Documented metrics that the scraped cluster does not have, and why. */
const notScraped: Readonly<Record<string, string>> = {
  tierlab_traces_exported_total: 'only where traces are exported to another system',
};

/** The processes export what the READMEs document, and nothing else. No metric has a hundred sets of label values. */
export function documentationMatches(expositions: readonly string[]): void {
  const documented = documentedMetrics();
  const seen = new Map<string, { type: string; labels: Set<string> }>();
  for (const text of expositions)
    for (const [name, { type, sets }] of scraped(text)) {
      expect([name, sets.length < 100]).toEqual([name, true]);
      if (!name.startsWith('tierlab_')) continue;
      const known = seen.get(name) ?? { type, labels: new Set() };
      for (const set of sets) for (const label of Object.keys(set)) known.labels.add(label);
      seen.set(name, known);
    }
  const always = [...documented.keys()].filter((name) => notScraped[name] === undefined);
  expect([...seen.keys()].toSorted()).toEqual(always.toSorted());
  for (const [name, { type, labels }] of documented) {
    const live = seen.get(name);
    if (live === undefined) continue;
    expect([name, live.type]).toEqual([name, type]);
    // A metric without a series now has no labels to compare.
    if (live.labels.size > 0) expect([name, [...live.labels].toSorted()]).toEqual([name, labels]);
  }
}
