import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboards } from '../../../grafana/boards/all.ts';
import { nodeStates, verdictStates } from '../../../grafana/lib/states.ts';
import { verdicts } from '../../../shared/membership/verdict.ts';
import { memberStates as worstFirst } from '../../../shared/membership/view.ts';
import { exportedMetrics } from './exported.ts';
import { parsePromql } from '../../support/promql.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly {
    readonly expr: string;
    readonly refId: string;
    readonly datasource?: { uid: string };
  }[];
  readonly options?: { readonly reduceOptions?: { readonly calcs: readonly string[] } };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly unknown[] };
    };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}
interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelJson[];
  readonly templating: {
    readonly list: readonly {
      name: string;
      type: string;
      query: string;
      current?: { value: unknown };
      allValue?: string;
    }[];
  };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr?: string; step?: string }[] };
  readonly links: readonly { readonly keepTime: boolean; readonly includeVars: boolean; readonly tags: string[] }[];
}

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly record?: string;
      readonly alert?: string;
      readonly expr: string;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}
const rules = (parse(read('grafana/prometheus/rules.yml')) as RuleFile).groups.flatMap((group) => group.rules);
const types = await exportedMetrics();
const recorded = new Set(rules.flatMap((rule) => rule.record ?? []));
const isKnown = (name: string): boolean => types.has(name) || recorded.has(name) || ['up', 'ALERTS'].includes(name);

const scrapeSeconds = 5;
const validUnits = new Set<unknown>(Object.values(units));

/** What is wrong with an expression; empty where nothing is. */
function problemsOf(expr: string): string[] {
  const { problem, metrics, uses, windows } = parsePromql(expr);
  if (problem !== undefined) return [`no PromQL: ${problem}`];
  return [
    ...(metrics.length === 0 ? ['asks for no metric'] : []),
    ...metrics.filter((name) => !isKnown(name)).map((name) => `${name} does not exist`),
    ...uses
      // A mean since the start is the one use of a bare counter: sum / count of a histogram.
      .filter(({ metric, underRate }) => !underRate && types.get(metric) === 'counter')
      .map(({ metric }) => `${metric} is a counter, and neither rate nor increase is taken`),
    ...windows
      .filter((seconds) => seconds < 4 * scrapeSeconds)
      .map((seconds) => `a window of ${seconds} s is too short`),
  ];
}

test('the check of queries finds what it is for', () => {
  expect(problemsOf('sum(rate(tierlab_rpc_calls_total[30s]))')).toEqual([]);
  expect(problemsOf('sum(rate(tierlab_rpc_calls_total[10s]))')).toEqual(['a window of 10 s is too short']);
  expect(problemsOf('sum(tierlab_rpc_calls_total)')).toHaveLength(1);
  expect(problemsOf('tierlab_nothing')).toEqual(['tierlab_nothing does not exist']);
  expect(problemsOf('sum(rate(')[0]).toMatch(/^no PromQL/);
  expect(problemsOf('rate({__name__=~"tierlab_(rpc|mail)_server_duration_seconds_count"}[30s])')).toEqual([
    'tierlab_mail_server_duration_seconds_count does not exist',
  ]);
});

test.each(rules.map((rule) => [rule.record ?? rule.alert!, rule.expr]))('the rule %s can be asked', (_, expr) => {
  expect(problemsOf(expr)).toEqual([]);
});

test.each([
  ['member:state:code', nodeStates, worstFirst],
  ['member:verdict:code', verdictStates, verdicts],
] as const)(
  'the dashboards name the numbers of %s as the rule does, and the worst state first',
  (name, states, order) => {
    const { expr } = rules.find(({ record }) => record === name)!;
    const numbers = Array.from(expr.matchAll(/="(\w+)"\} == 1\) \* 0 \+ (\d)/g), ([, text, code]) => [code!, text!]);
    // The dashboards say "down" for "dead", because a node that Prometheus does not reach is down, too.
    const shown = Object.entries(states).map(([code, { text }]) => [code, text === 'down' ? 'dead' : text]);
    expect(numbers).toEqual(shown);
    expect(shown.map(([, text]) => text)).toEqual(order);
  },
);

const built = Object.keys(dashboards).map(
  (name) => [name, JSON.parse(read(`grafana/dashboards/${name}.json`)) as DashboardJson] as const,
);

test('there are seven dashboards, each with its own uid and title', () => {
  expect(built).toHaveLength(7);
  for (const of of ['uid', 'title'] as const) expect(new Set(built.map(([, json]) => json[of])).size).toBe(7);
});

describe.each(built)('dashboard %s', (name, json) => {
  const all = json.panels;
  const panels = all.filter(({ type }) => type !== 'row');

  test('ids are unique and at least 1, rows too', () => {
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toBeGreaterThanOrEqual(1);
  });

  test('panels stay within 24 columns, and none covers another', () => {
    const cells = new Set<string>();
    for (const { gridPos } of all) {
      const { x, y, w, h } = gridPos;
      expect(x + w).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++)
        for (let row = y; row < y + h; row++) {
          expect(cells.has(`${column},${row}`)).toBe(false);
          cells.add(`${column},${row}`);
        }
    }
  });

  test('it is classic JSON, and nothing hides in a menu', () => {
    // A legend has a place, too; those of annotations, links and variables would be a menu.
    expect(JSON.stringify([json.annotations, json.links, json.templating])).not.toContain('"placement"');
    for (const key of ['apiVersion', 'elements', 'spec']) expect(json).not.toHaveProperty(key);
  });

  test('one datasource: a variable whose value is the uid of the provisioning', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/prometheus.yaml')) as {
      datasources: { uid: string; jsonData: { timeInterval: string } }[];
    };
    const [first] = json.templating.list;
    expect(first).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    expect(first!.current!.value).toBe(datasources[0]!.uid);
    for (const panel of panels) {
      expect(panel.datasource!.uid).toBe('${datasource}');
      for (const target of panel.targets!) expect(target.datasource!.uid).toBe('${datasource}');
    }
  });

  test('variables component and node begin with all; links keep variables and time', () => {
    expect(json.templating.list.map((variable) => variable.name)).toEqual(['datasource', 'component', 'node']);
    for (const variable of json.templating.list.slice(1)) {
      expect(variable).toMatchObject({ allValue: '.*', current: { value: ['$__all'] } });
      const [, metric] = /^label_values\((.+), \w+\)$/.exec(variable.query)!;
      expect(problemsOf(metric!).filter((problem) => !problem.includes('counter'))).toEqual([]);
    }
    expect(json.links).toMatchObject([{ keepTime: true, includeVars: true, tags: ['tierlab'] }]);
  });

  test('faults are bands in every chart', () => {
    const own = json.annotations.list.filter(({ expr }) => expr);
    expect(own.map((annotation) => annotation.name)).toEqual(['Faults in effect', 'Incidents']);
    for (const { expr, step } of own) {
      expect(problemsOf(expr!)).toEqual([]);
      expect(step).toBe('5s');
    }
  });

  test.each(panels.map((panel) => [panel.title ?? '', panel] as const))(
    'panel "%s" explains itself',
    (title, panel) => {
      const { defaults, overrides } = panel.fieldConfig!;
      expect(title).not.toBe('');
      expect(panel.description!.length).toBeGreaterThan(15);
      expect(validUnits).toContain(defaults.unit);
      expect(defaults.thresholds!.steps.length).toBeGreaterThan(0);
      expect(defaults.noValue).toBeTruthy();
      if (panel.type === 'stat') expect(panel.options!.reduceOptions!.calcs).toEqual(['last']);
      const properties = overrides.flatMap((override) => override.properties);
      for (const { id, value } of properties) if (id === 'unit') expect(validUnits).toContain(value);
      const refIds = panel.targets!.map(({ refId }) => refId);
      expect(new Set(refIds).size).toBe(refIds.length);
      for (const { expr } of panel.targets!) expect([expr, problemsOf(expr)]).toEqual([expr, []]);
    },
  );
});

test('the scrape interval of Grafana is that of Prometheus', () => {
  const { datasources } = parse(read('grafana/provisioning/datasources/prometheus.yaml')) as {
    datasources: { jsonData: { timeInterval: string } }[];
  };
  for (const file of ['prometheus.yml', 'local.yml']) {
    const { global } = parse(read(`grafana/prometheus/${file}`)) as { global: { scrape_interval: string } };
    expect(global.scrape_interval).toBe(datasources[0]!.jsonData.timeInterval);
    expect(global.scrape_interval).toBe(`${scrapeSeconds}s`);
  }
});

test('each alert has its section in the runbook, and each section its alert', () => {
  const sections = Array.from(read('docs/runbook.md').matchAll(/^## (\w+)$/gm), ([, name]) => name!);
  const alerts = rules.filter(({ alert }) => alert !== undefined);
  expect(sections).toEqual(alerts.map(({ alert }) => alert));
  for (const { alert, annotations } of alerts)
    expect(annotations!['runbook']).toBe(`docs/runbook.md#${alert!.toLowerCase()}`);
  const parts = read('docs/runbook.md').split(/^## /m).slice(1);
  for (const part of parts)
    for (const question of ['**It means:**', '**Look at:**', '**Do:**']) expect(part).toContain(question);
});
