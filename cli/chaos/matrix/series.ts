import { fetchDirect } from '../../../shared/net/direct.ts';
import type { ControlPort } from '../../../services/chaos/control-port.ts';

/** One series of a process, by its own metrics. */
export interface MetricSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The series of the metric `name` at one control port. Rejects if the port does not answer. */
export async function seriesOf({ url }: Pick<ControlPort, 'url'>, name: string): Promise<readonly MetricSeries[]> {
  const text = await (await fetchDirect(`${url}/metrics`, { signal: AbortSignal.timeout(3_000) })).text();
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(`${name}{`)) return [];
    const pairs = [...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label!, value!]);
    return {
      labels: Object.fromEntries(pairs) as MetricSeries['labels'],
      value: Number(line.slice(line.lastIndexOf(' ') + 1)),
    };
  });
}
