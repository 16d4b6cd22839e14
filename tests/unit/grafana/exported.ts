import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createMetrics } from '../../../shared/observe/metrics.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** Names of series that the sources register, and that Node.js exports, with their type; histograms in their parts. */
export async function exportedMetrics(): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const add = (name: string, type: string): void => {
    names.set(name, type);
    // The parts of a histogram are counters, but the quotient of its sum and count is a mean since the start.
    if (type === 'histogram') for (const part of ['bucket', 'count', 'sum']) names.set(`${name}_${part}`, type);
  };
  for (const folder of ['shared', 'services', 'web', 'loadgen']) {
    for (const file of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(path.join(root, folder, file), 'utf8');
      for (const [, kind, name] of text.matchAll(/\.(counter|gauge|histogram)\(\s*'([a-z0-9_]+)'/g)) add(name!, kind!);
    }
  }
  const { text } = await createMetrics({}, { process: true }).render();
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)/gm)) add(name!, type!);
  return names;
}
