import { AxisPlacement, ReduceDataOptionsBuilder, VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The name of Prometheus in Grafana's provisioning. */
export const datasource = { type: 'prometheus', uid: 'prometheus' };

/** A query of a panel, and the legend of its results. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

interface PanelOptions {
  readonly title: string;
  readonly description: string;
  /** A Grafana unit: `s`, `reqps`, `percentunit`, `bytes`, `short`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** The width in columns, of 24. */
  readonly width: number;
}

const target = ({ expr, legend }: Query, index: number): DataqueryBuilder =>
  new DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCodePoint(65 + index))
    .datasource(datasource);

/** Lines over time. */
export function lines({ title, description, unit, queries, width }: PanelOptions): TimeSeriesBuilder {
  return new TimeSeriesBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .min(0)
    .lineWidth(2)
    .fillOpacity(6)
    .showPoints(VisibilityMode.Never)
    .axisPlacement(AxisPlacement.Left)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .height(8)
    .span(width)
    .targets(queries.map(target));
}

/** The current number: green below `bad`, red from `bad` on; `falling` reverses this. */
export function number(
  options: PanelOptions & { readonly bad?: number; readonly falling?: boolean; readonly decimals?: number },
): StatBuilder {
  const { title, description, unit, queries, width, bad, falling = false, decimals } = options;
  const steps =
    bad === undefined
      ? [{ value: null, color: 'blue' }]
      : [
          { value: null, color: falling ? 'red' : 'green' },
          { value: bad, color: falling ? 'green' : 'red' },
        ];
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .noValue('-')
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .height(4)
    .span(width)
    .targets(queries.map(target));
  return decimals === undefined ? panel : panel.decimals(decimals);
}

/** Bands over time, one per result, coloured by state. `states`: the meaning of each number. */
export function states(
  options: Omit<PanelOptions, 'unit'> & {
    readonly states: Readonly<Record<number, { readonly text: string; readonly color: string }>>;
    readonly height: number;
  },
): StateTimelineBuilder {
  const mapping = Object.entries(options.states).map(
    ([value, { text, color }], index) => [value, { text, color, index }] as const,
  );
  return new StateTimelineBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(datasource)
    .mappings([{ type: MappingType.ValueToText, options: Object.fromEntries(mapping) }])
    .showValue(VisibilityMode.Never)
    .rowHeight(0.8)
    .lineWidth(0)
    .fillOpacity(80)
    .height(options.height)
    .span(options.width)
    .targets(options.queries.map(target));
}
