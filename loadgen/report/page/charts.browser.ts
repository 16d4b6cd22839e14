import type { PageRun } from './data.ts';

/** The part of uPlot that the page uses (the library is inlined into the page). */
interface PlotBox {
  ctx: CanvasRenderingContext2D;
  bbox: { left: number; top: number; width: number; height: number };
  valToPos(value: number, scale: string, canvasPixels?: boolean): number;
  setSize(size: { width: number; height: number }): void;
  destroy(): void;
}
interface PlotMaker {
  new (options: Record<string, unknown>, data: unknown[], element: HTMLElement): PlotBox;
  paths: { stepped(options: object): unknown };
}

/** A series of uPlot, with its values. */
interface Line {
  label: string;
  values: (number | null)[];
  stroke: string;
  dash?: number[];
  width?: number;
  fill?: string;
}

/** The data of the page; `page.ts` writes it into the page before this script. */
declare const uPlot: PlotMaker;
declare const report: { runs: [PageRun, ...PageRun[]]; heatSteps: number };

const { runs, heatSteps } = report;
/** A page has one run, or two to compare. */
const [first, second] = runs;
let plots: { plot: PlotBox; element: HTMLElement; height: number }[] = [];

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const runColour = (i: number) => css(i === 0 ? '--a' : '--b');

const time = (ms: number) => {
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return ms >= 1 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms * 1000).toPrecision(3))} µs`;
};
const seconds = (s: number) =>
  s >= 60 ? `${Math.floor(s / 60)}m${s % 60 ? `${Number((s % 60).toFixed(1))}s` : ''}` : `${Number(s.toFixed(2))}s`;
const compact = (n: number) => (n >= 1000 ? `${Number((n / 1000).toPrecision(3))}k` : String(Number(n.toPrecision(3))));
const perSecond = (n: number) => `${compact(n)}/s`;
/** `inverse`: 1 / (1 - share), so 100 is p99. */
const percentile = (inverse: number) => {
  const nines = 100 - 100 / inverse;
  return `p${Number(nines.toFixed(inverse >= 1000 ? Math.ceil(Math.log10(inverse)) - 2 : inverse >= 100 ? 1 : 0))}`;
};

function axis(values: (n: number) => string, size: number) {
  return {
    stroke: css('--muted'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: css('--grid'), width: 1 },
    ticks: { stroke: css('--grid'), width: 1, size: 4 },
    values: (_plot: unknown, all: (number | null)[]) => all.map((n) => (n === null ? '' : values(n))),
    size,
  };
}

/** Shades faults behind the lines. */
function shade({ ctx, bbox, valToPos }: PlotBox, labels: boolean): void {
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [i, { label, from, to }] of first.windows.entries()) {
    const left = valToPos(from, 'x', true);
    const right = valToPos(to, 'x', true);
    ctx.fillStyle = css('--fault');
    ctx.fillRect(left, bbox.top, Math.max(right - left, ratio), bbox.height);
    ctx.fillStyle = css('--fault-edge');
    ctx.fillRect(left, bbox.top, ratio, bbox.height);
    ctx.fillRect(right - ratio, bbox.top, ratio, bbox.height);
    if (!labels) continue;
    ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
    ctx.fillStyle = css('--fault-text');
    ctx.textAlign = 'left';
    ctx.fillText(label, left + 4 * ratio, bbox.top + (13 + (i % 3) * 13) * ratio);
  }
  ctx.restore();
}

/** A chart over time shades the faults and shares its cursor with the others; a chart over percentiles does neither. */
function chart(
  id: string,
  x: number[],
  lines: Line[],
  options: {
    height: number;
    unit: (n: number) => string;
    log?: boolean;
    percentiles?: boolean;
    labels?: boolean;
    stepped?: boolean;
  },
): void {
  const element = document.getElementById(id);
  if (!element) return;
  element.textContent = '';
  const { height, unit, log, percentiles, labels = false, stepped } = options;
  const xUnit = percentiles ? percentile : seconds;
  const legend = (format: (n: number) => string) => (_plot: unknown, value: number | null | undefined) =>
    value === null || value === undefined ? '–' : format(value);
  const plot = new uPlot(
    {
      width: element.clientWidth,
      height,
      cursor: { y: false, ...(!percentiles && { sync: { key: 'time' } }) },
      legend: { live: true },
      scales: {
        x: { time: false, ...(percentiles && { distr: 3 }) },
        y: log ? { distr: 3 } : { range: (_p: unknown, _low: number, high: number) => [0, high > 0 ? high * 1.08 : 1] },
      },
      axes: [axis(xUnit, 30), axis(unit, 62)],
      series: [
        { label: percentiles ? 'percentile' : 'at', value: legend(xUnit) },
        ...lines.map(({ label, stroke, width = 1.6, dash, fill }) => ({
          label,
          stroke,
          width,
          dash,
          fill,
          ...(stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
          points: { show: false },
          value: legend(unit),
        })),
      ],
      hooks: percentiles ? {} : { drawClear: [(plot: PlotBox) => shade(plot, labels)] },
    },
    [x, ...lines.map((line) => line.values)],
    element,
  );
  plots.push({ plot, element, height });
}

function timelines(): void {
  const { x } = second && second.x.length * second.tickS > first.x.length * first.tickS ? second : first;
  /** One line for each run, at the times of `x`: the ticks of the runs may differ. */
  const both = (label: string, pick: (run: PageRun) => (number | null)[], more: Partial<Line> = {}): Line[] =>
    runs.map((run, i) => {
      const values = pick(run);
      return {
        label: `${label} ${run.name}`,
        values: x.map((s) => values[Math.round(s / run.tickS)] ?? null),
        stroke: runColour(i),
        ...more,
      };
    });
  const rates = second
    ? both('done', (run) => run.done)
    : [
        { label: 'asked', values: first.asked, stroke: css('--muted'), dash: [5, 4], width: 1.2 },
        { label: 'sent', values: first.sent, stroke: css('--a') },
        { label: 'done', values: first.done, stroke: css('--good') },
      ];
  chart('rate', x, rates, { height: 200, unit: perSecond, labels: true, stepped: true });
  const latencies = second
    ? [...both('p50', (run) => run.p50, { dash: [4, 3], width: 1.2 }), ...both('p99', (run) => run.p99, { width: 2 })]
    : [
        { label: 'max', values: first.max, stroke: css('--faint'), width: 1 },
        { label: 'p99', values: first.p99, stroke: css('--c'), width: 2 },
        { label: 'p90', values: first.p90, stroke: css('--b') },
        { label: 'p50', values: first.p50, stroke: css('--a') },
      ];
  chart('latency', x, latencies, { height: 260, unit: time, log: true });
  const bad = second
    ? both('bad', (run) => run.errors.map((n, i) => n + (run.wrong[i] ?? 0)))
    : [
        { label: 'errors', values: first.errors, stroke: css('--bad'), fill: css('--bad-fill') },
        { label: 'wrong', values: first.wrong, stroke: css('--wrong'), fill: css('--wrong-fill') },
      ];
  chart('errors', x, bad, { height: 130, unit: perSecond, stepped: true });
}

function spectra(): void {
  const curves = runs.flatMap((run, i) => {
    const name = second ? ` ${run.name}` : '';
    const { intended, sent } = run.spectrum;
    return [
      { label: `from intended time${name}`, points: intended, stroke: runColour(i) },
      { label: `from sending${name}`, points: sent, stroke: second ? runColour(i) : css('--b'), dash: [5, 4] },
    ];
  });
  const x = [...new Set(curves.flatMap(({ points }) => points.map(([inverse]) => inverse)))].sort((a, b) => a - b);
  const lines = curves.map(({ points, ...line }) => {
    const known = new Map(points);
    const last = points.at(-1)?.[0] ?? 0;
    let current: number | null = null;
    return { ...line, values: x.map((inverse) => (inverse > last ? null : (current = known.get(inverse) ?? current))) };
  });
  chart('spectrum', x, lines, { height: 260, unit: time, log: true, percentiles: true });
}

/** A heatmap: time across, latency up (logarithmic); a stronger colour means more requests. */
function heatmap(): void {
  const canvas = document.getElementById('heat') as HTMLCanvasElement | null;
  if (!canvas || first.heat.length === 0) return;
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = 220;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.height = `${height}px`;
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  ctx.scale(ratio, ratio);
  const steps = first.heat.map((cell) => cell[1]);
  const low = Math.min(...steps) - 1;
  const high = Math.max(...steps) + 2;
  const left = 62;
  const bottom = 24;
  const cellWidth = (width - left - 8) / first.x.length;
  const cellHeight = (height - bottom - 6) / (high - low);
  const most = Math.max(...first.heat.map((cell) => cell[2]));
  const y = (step: number) => height - bottom - (step - low) * cellHeight;
  ctx.fillStyle = css('--fault');
  for (const window of first.windows)
    ctx.fillRect(
      left + (window.from / first.tickS) * cellWidth,
      6,
      ((window.to - window.from) / first.tickS) * cellWidth,
      height - bottom - 6,
    );
  ctx.fillStyle = css('--heat');
  for (const [tick, step, n] of first.heat) {
    ctx.globalAlpha = 0.12 + 0.88 * (Math.log1p(n) / Math.log1p(most));
    ctx.fillRect(left + tick * cellWidth, y(step + 1), Math.max(cellWidth - 0.3, 0.6), cellHeight - 0.3);
  }
  ctx.globalAlpha = 1;
  ctx.fillStyle = css('--muted');
  ctx.font = '11px system-ui, sans-serif';
  ctx.textAlign = 'right';
  let above = Infinity;
  for (const ms of [0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000]) {
    const at = y(Math.log2(ms) * heatSteps);
    if (at < 10 || at > height - bottom || above - at < 14) continue;
    above = at;
    ctx.fillText(time(ms), left - 8, at + 4);
  }
  ctx.textAlign = 'center';
  const span = first.x.length * first.tickS;
  const stride = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600].find((s) => span / s <= Math.max(3, width / 90)) ?? 1800;
  for (let s = 0; s < span; s += stride) ctx.fillText(seconds(s), left + (s / first.tickS) * cellWidth, height - 7);
}

/** Draws every chart of the report. */
function draw(): void {
  for (const { plot } of plots) plot.destroy();
  plots = [];
  timelines();
  spectra();
  heatmap();
}

draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
addEventListener('resize', () => {
  for (const { plot, element, height } of plots) plot.setSize({ width: element.clientWidth, height });
  heatmap();
});
