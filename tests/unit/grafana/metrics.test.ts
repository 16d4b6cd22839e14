import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { homeDashboard } from '../../../grafana/home.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** Names that the sources register, and what Node.js itself exports; histograms with the names of their series. */
async function exportedNames(): Promise<Set<string>> {
  const names = new Set(['up']);
  for (const folder of ['shared', 'services', 'web']) {
    for (const file of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(path.join(root, folder, file), 'utf8');
      for (const [, kind, name] of text.matchAll(/\.(counter|gauge|histogram)\(\s*'([a-z0-9_]+)'/g)) {
        names.add(name!);
        if (kind === 'histogram') for (const part of ['bucket', 'count', 'sum']) names.add(`${name}_${part}`);
      }
    }
  }
  const { text } = await createMetrics({}, { process: true }).render();
  for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) names.add(name!);
  return names;
}

/** The metric names in a PromQL expression: words that are followed by a selector, a range or an operator, not by `(` or in braces. */
function metricsIn(expr: string): string[] {
  const regexNames = [...expr.matchAll(/__name__=~"([^"]+)"/g)].flatMap(([, pattern]) => alternatives(pattern!));
  const bare = expr
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ');
  const words = [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*(?!\w|\s*\()/g)].map(([word]) => word);
  return [...regexNames, ...words.filter((word) => !['and', 'or', 'unless', 'bool', 'offset'].includes(word))];
}

/** `a_(b|c)_d` -> a_b_d, a_c_d */
function alternatives(pattern: string): string[] {
  const match = /^(.*)\(([^()]+)\)(.*)$/.exec(pattern);
  return match ? match[2]!.split('|').flatMap((choice) => alternatives(match[1]! + choice + match[3]!)) : [pattern];
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[];
  }[];
}
const rules = (parse(readFileSync(path.join(root, 'grafana/prometheus/rules.yml'), 'utf8')) as Rules).groups.flatMap(
  (group) => group.rules,
);
const known = new Set([...(await exportedNames()), ...rules.flatMap((rule) => rule.record ?? [])]);

function queriesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'expr' && typeof inner === 'string' ? [inner] : queriesOf(inner),
  );
}

test('metric names are found in expressions', () => {
  expect(metricsIn('sum by (tier) (rate({__name__=~"a_(b|c)_count", x="y"}[30s])) / (d:e{f="g"} > 0)')).toEqual([
    'a_b_count',
    'a_c_count',
    'd:e',
  ]);
  expect(metricsIn('min by (member) ((m{s="a"} == 1) * 0 + 4 or n)')).toEqual(['m', 'n']);
});

test.each(rules.map((rule) => [rule.record ?? rule.alert ?? '', rule.expr]))(
  'the rule %s asks for metrics that exist',
  (_, expr) => {
    expect(metricsIn(expr).length).toBeGreaterThan(0);
    expect(metricsIn(expr).filter((name) => !known.has(name))).toEqual([]);
  },
);

const queries = queriesOf(homeDashboard());

test('the home dashboard has queries', () => {
  expect(queries.length).toBeGreaterThan(10);
});

test.each(queries)('the home dashboard asks for metrics that exist: %s', (expr) => {
  expect(metricsIn(expr).length).toBeGreaterThan(0);
  expect(metricsIn(expr).filter((name) => !known.has(name))).toEqual([]);
});
