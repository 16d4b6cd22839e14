import { type MetricSeries, seriesOf } from '../../cli/chaos/matrix/series.ts';
import type { LabNode } from '../runner/lab.ts';

/** The series of one metric at a node's ops port. */
export const metricOf = ({ host, opsPort }: LabNode, name: string): Promise<readonly MetricSeries[]> =>
  seriesOf({ url: `http://${host}:${opsPort}` }, name);

export const sumOf = (series: readonly MetricSeries[]): number => series.reduce((sum, { value }) => sum + value, 0);
