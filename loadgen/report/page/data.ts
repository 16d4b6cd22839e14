import { faultWindows } from '../../journal/windows.ts';
import type { FaultWindow } from '../../journal/windows.ts';
import { bucketPercentile } from '../../measure/buckets.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import { spectrum } from '../../measure/spectrum.ts';
import { emptyRow } from '../../measure/timeline.ts';
import type { RunResult } from '../../verdict/result.ts';

/** The data of the page's charts, as plain JSON. The x axis is in seconds; other times are ms, rates per second. */
export interface PageRun {
  name: string;
  tickS: number;
  x: number[];
  /** null after the end of the load: only answers arrive then. */
  asked: (number | null)[];
  sent: (number | null)[];
  done: (number | null)[];
  errors: number[];
  wrong: number[];
  p50: (number | null)[];
  p90: (number | null)[];
  p99: (number | null)[];
  max: (number | null)[];
  /** [tick, step of the latency, count]. The steps are logarithmic: 4 for each doubling; step 0 begins at 1 ms. */
  heat: [number, number, number][];
  /** [1 / (1 - share), ms]. */
  spectrum: { intended: [number, number][]; sent: [number, number][] };
  windows: { label: string; from: number; to: number }[];
}

/** Steps of the heatmap per doubling of the latency. */
export const heatSteps = 4;

export function pageRun(run: RunResult, name: string): PageRun {
  const rows = new Map(run.ticks);
  const count = Math.max(1, Math.ceil(run.durationMs / run.tickMs));
  // Answers after the end belong to requests of the run, so their tick is shown when it has any event.
  const last = Math.max(count, ...run.ticks.filter(([, row]) => row.done + row.errors > 0).map(([tick]) => tick + 1));
  const all = Array.from({ length: last }, (_, tick) => rows.get(tick) ?? emptyRow());
  const perSecond = (n: number) => Math.round((n / run.tickMs) * 1_000_000) / 1000;
  const at = (p: number) => all.map((row) => round(bucketPercentile(row.latency, p)));
  const heat = new Map<string, [number, number, number]>();
  for (const [tick, row] of all.entries()) {
    for (const [bucket, n] of row.latency) {
      const step = Math.floor((bucket / 32 - Math.log2(1000)) * heatSteps);
      const cell = heat.get(`${tick}/${step}`);
      if (cell) cell[2] += n;
      else heat.set(`${tick}/${step}`, [tick, step, n]);
    }
  }
  return {
    name,
    tickS: run.tickMs / 1000,
    x: all.map((_, tick) => round((tick * run.tickMs) / 1000) ?? 0),
    asked: all.map((row, tick) => (tick < count ? perSecond(row.asked) : null)),
    sent: all.map((row, tick) => (tick < count ? perSecond(row.sent) : null)),
    done: all.map((row, tick) => (tick < count || row.done * 20 > run.counts.done ? perSecond(row.done) : null)),
    errors: all.map((row) => perSecond(row.errors)),
    wrong: all.map((row) => perSecond(row.wrong)),
    p50: at(50),
    p90: at(90),
    p99: at(99),
    max: at(100),
    heat: [...heat.values()],
    spectrum: { intended: curve(run.latency.intended), sent: curve(run.latency.sent) },
    windows: faultWindows(run.journal, run.startedAtMs).map((window) => pageWindow(window, run.durationMs)),
  };
}

function pageWindow(window: FaultWindow, durationMs: number): PageRun['windows'][number] {
  return {
    label: `${window.kind} ${window.target}`.trim(),
    from: Math.max(0, window.fromMs / 1000),
    to: Math.min(window.toMs, durationMs) / 1000,
  };
}

function curve(histogram: TimeHistogram): [number, number][] {
  return spectrum(histogram)
    .filter((point) => point.share < 1)
    .map((point) => [1 / (1 - point.share), point.valueMs]);
}

function round(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000) / 1000;
}
