import {
  AxisPlacement,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Panel,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as NodeGraphBuilder } from '@grafana/grafana-foundation-sdk/nodegraph';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The chosen Prometheus: the variable of every dashboard. */
export const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Units of Grafana that the panels use. */
export type PanelUnit = 's' | 'reqps' | 'percentunit' | 'bytes' | 'short' | 'dtdurations';

export interface Query {
  readonly expr: string;
  readonly legend?: string;
}

export interface PanelOptions {
  readonly title: string;
  readonly description: string;
  /** A plain number by default. */
  readonly unit?: PanelUnit;
  readonly queries: Query | readonly Query[];
  /** The width in columns, of 24. */
  readonly width: number;
  readonly height?: number;
  /** From here on it is bad: red. */
  readonly bad?: number;
  /** With `bad`: values below it are bad. */
  readonly falling?: boolean;
  /** Shown where the query has no result. */
  readonly empty?: string;
}

const noTraffic = 'no traffic';

/** A number that is good or bad is green or red; any other is in one neutral colour. */
function thresholdsOf({ bad, falling = false }: Pick<PanelOptions, 'bad' | 'falling'>): ThresholdsConfigBuilder {
  const steps =
    bad === undefined
      ? [{ value: null, color: 'blue' }]
      : [
          { value: null, color: falling ? 'red' : 'green' },
          { value: bad, color: falling ? 'green' : 'red' },
        ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

/** A, B, C ... */
const refOf = (index: number): string => String.fromCodePoint(65 + index);

const targetsOf = ({ queries }: Pick<PanelOptions, 'queries'>): DataqueryBuilder[] =>
  [queries]
    .flat()
    .map(({ expr, legend = '' }, index) =>
      new DataqueryBuilder().expr(expr).legendFormat(legend).refId(refOf(index)).datasource(datasource).range(),
    );

/** The values of this moment, as the rows of a table. */
const now = (expr: string, refId: string): DataqueryBuilder =>
  new DataqueryBuilder().expr(expr).refId(refId).datasource(datasource).instant().format(PromQueryFormat.Table);

/** What the builders of all kinds of panels have in common. */
interface Builder {
  title(title: string): this;
  description(description: string): this;
  datasource(source: typeof datasource): this;
  unit(unit: string): this;
  noValue(text: string): this;
  thresholds(steps: ThresholdsConfigBuilder): this;
  height(rows: number): this;
  span(columns: number): this;
}

/** Sets what every panel has. */
function framed<B extends Builder>(builder: B, options: Omit<PanelOptions, 'queries'>, usualHeight = 8): B {
  return builder
    .title(options.title)
    .description(options.description)
    .datasource(datasource)
    .unit(options.unit ?? 'short')
    .noValue(options.empty ?? noTraffic)
    .thresholds(thresholdsOf(options))
    .height(options.height ?? usualHeight)
    .span(options.width);
}

/** Lines over time. `stacked`: the parts of a whole. */
export function lines(options: PanelOptions & { readonly stacked?: boolean }): Panel {
  const { bad, stacked = false } = options;
  const panel = framed(new TimeSeriesBuilder(), options)
    .min(0)
    .lineWidth(2)
    .fillOpacity(stacked ? 40 : 6)
    .showPoints(VisibilityMode.Auto)
    .axisPlacement(AxisPlacement.Left)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .targets(targetsOf(options));
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (bad !== undefined)
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  return panel.build();
}

/** The number of this moment. Without a value it is grey, and says why. */
export function number(options: PanelOptions & { readonly decimals?: number }): Panel {
  const { decimals } = options;
  const panel = framed(new StatBuilder(), options, 4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['last']))
    .targets(targetsOf(options));
  if (decimals !== undefined) panel.decimals(decimals);
  return panel.build();
}

/** What a number means, and its colour. */
export type States = Readonly<Record<number, { readonly text: string; readonly color: string }>>;

function mappingOf(states: States): ValueMapping {
  const options = Object.entries(states).map(([value, { text, color }], index) => [value, { text, color, index }]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

/** Bands over time, one for each result, coloured by state. */
export function states(options: Omit<PanelOptions, 'unit'> & { readonly states: States }): Panel {
  return framed(new StateTimelineBuilder(), options)
    .mappings([mappingOf(options.states)])
    .showValue(VisibilityMode.Never)
    .rowHeight(0.8)
    .lineWidth(0)
    .fillOpacity(80)
    .targets(targetsOf(options))
    .build();
}

export interface PanelColumn {
  readonly title: string;
  readonly expr: string;
  readonly unit: PanelUnit;
  readonly bad?: number;
  readonly states?: States;
}

/** A table of this moment. The rows are the values of the labels `keys`; the worst come first. */
export function tablePanel(
  options: Omit<PanelOptions, 'queries' | 'unit'> & {
    readonly keys: readonly string[];
    readonly columns: readonly PanelColumn[];
    readonly sort: { readonly column: string; readonly descending: boolean };
  },
): Panel {
  const { keys, columns, sort } = options;
  // With one query, Grafana calls the column "Value".
  const fieldOf = (index: number) => (columns.length === 1 ? 'Value' : `Value #${refOf(index)}`);
  const panel = framed(new TableBuilder(), options)
    .targets(columns.map(({ expr }, index) => now(`sum by (${keys.join(', ')}) (${expr})`, refOf(index))))
    .transformations([
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          indexByName: Object.fromEntries([...keys, ...columns.map((_, i) => fieldOf(i))].map((name, i) => [name, i])),
          renameByName: Object.fromEntries(columns.map((column, index) => [fieldOf(index), column.title])),
        },
      },
    ])
    .sortBy([new TableSortByFieldStateBuilder().displayName(sort.column).desc(sort.descending)]);
  for (const column of columns) panel.overrideByName(column.title, columnProperties(column));
  return panel.build();
}

function columnProperties({ unit, bad, states: meanings }: PanelColumn) {
  const properties: { id: string; value: unknown }[] = [
    { id: 'unit', value: unit },
    { id: 'thresholds', value: thresholdsOf(bad === undefined ? {} : { bad }).build() },
  ];
  if (meanings) properties.push({ id: 'mappings', value: [mappingOf(meanings)] });
  if (meanings || bad !== undefined)
    properties.push({ id: 'custom.cellOptions', value: { type: meanings ? 'color-background' : 'color-text' } });
  return properties;
}

/** How often each time was seen. A second peak in a histogram has a second cause. */
export function heatmap(options: Omit<PanelOptions, 'queries'> & { readonly expr: string }): Panel {
  return framed(new HeatmapBuilder(), options)
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Oranges').steps(64))
    .targets([
      new DataqueryBuilder()
        .expr(options.expr)
        .legendFormat('{{le}}')
        .refId('A')
        .datasource(datasource)
        .range()
        .format(PromQueryFormat.Heatmap),
    ])
    .build();
}

/** Nodes and the calls between them. Both queries give the labels `id` and `title`, or `id`, `source` and `target`. */
export function graph(
  options: Omit<PanelOptions, 'queries'> & { readonly nodes: string; readonly edges: string; readonly states: States },
): Panel {
  return framed(new NodeGraphBuilder(), options, 14)
    .overrideByName('state', [{ id: 'mappings', value: [mappingOf(options.states)] }])
    .targets([now(options.nodes, 'nodes'), now(options.edges, 'edges')])
    .transformations([
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          renameByName: { 'Value #nodes': 'mainstat', 'Value #edges': 'mainstat' },
        },
      },
    ])
    .build();
}
