import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource } from './panels.ts';

/** Panels under one heading, in reading order. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardOptions {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
}

/** The uid of Prometheus in provisioning/datasources. */
const provisioned = { text: 'Prometheus', value: 'prometheus' };
const columns = 24;

/**
 * A dashboard in Grafana's classic JSON, with the variables, links and fault bands that all of ours have. Ids and
 * places of panels are set here, because those that the SDK sets are not unique.
 */
export function dashboard({ uid, title, description, sections }: DashboardOptions): Dashboard {
  const built = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['tierlab'])
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('5s')
    .time({ from: 'now-15m', to: 'now' })
    .readonly()
    .variables([
      new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus').current(provisioned),
      choice('component', 'Component', 'label_values(tierlab_rpc_server_calls_total, component)'),
      choice('node', 'Node', 'label_values(up{job="tierlab"}, node)'),
    ])
    .links([
      new DashboardLinkBuilder('Tierlab')
        .type(DashboardLinkType.Dashboards)
        .tags(['tierlab'])
        .keepTime(true)
        .includeVars(true),
    ])
    .annotations([
      band('Faults in effect', 'orange', 'max by (id, kind, target) (tierlab_chaos_active)', '{{kind}} at {{target}}'),
      band(
        'Incidents',
        'red',
        'max by (topology, phase) (tierlab_incidents_open) > 0',
        'incident, in its phase {{phase}}',
      ),
    ])
    .build();
  return { ...shownInBar(built), panels: placed(sections) };
}

/** A variable with the values of a label; all at first. */
function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}

/** A shaded band in all charts while the query has a result: Grafana joins results that are one step apart. */
function band(name: string, color: string, expr: string, titleFormat: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .titleFormat(titleFormat)
    .step('5s');
}

/** The SDK puts annotations and links into a menu (`placement`). Our dashboards show them at once. */
function shownInBar(built: Dashboard): Dashboard {
  return JSON.parse(
    JSON.stringify(built, (key, value: unknown) => (key === 'placement' ? undefined : value)),
  ) as Dashboard;
}

/** Rows and panels with unique ids, from left to right and from top to bottom. */
function placed(sections: readonly Section[]): NonNullable<Dashboard['panels']> {
  const all: NonNullable<Dashboard['panels']> = [];
  let y = 0;
  for (const { title, panels } of sections) {
    const gridPos = { x: 0, y, w: columns, h: 1 };
    all.push({ type: 'row', id: all.length + 1, title, collapsed: false, gridPos, panels: [] });
    y++;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      const { w, h } = panel.gridPos!;
      if (x + w > columns) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      all.push({ ...panel, id: all.length + 1, gridPos: { x, y, w, h } });
      x += w;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return all;
}
