import type { PageRun } from './data.ts';

/** The part of uPlot that the page uses (the library is inlined into the page). */
interface PlotBox {
  ctx: CanvasRenderingContext2D;
  bbox: { left: number; top: number; width: number; height: number };
  valToPos(value: number, scale: string, canvasPixels?: boolean): number;
  setSize(size: { width: number; height: number }): void;
  destroy(): void;
}
type PlotMaker = new (options: Record<string, unknown>, data: unknown[], element: HTMLElement) => PlotBox;

/** The data of the page; `page.ts` writes it into the page before this script. */
declare const uPlot: PlotMaker;
declare const report: { runs: PageRun[]; heatSteps: number };

const { runs, heatSteps } = report;
const [first, second] = runs;
if (first) drawReport(first);

/** Draws every chart of the report, and again when the reader's colour scheme or the window width changes. */
function drawReport(first: PageRun): void {
  let plots: { plot: PlotBox; element: HTMLElement; height: number }[] = [];
  const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const time = (ms: number) => {
    if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
    return ms >= 1 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms * 1000).toPrecision(3))} µs`;
  };
  const seconds = (s: number) =>
    s >= 60 ? `${Math.floor(s / 60)}m${s % 60 ? `${Number((s % 60).toFixed(1))}s` : ''}` : `${Number(s.toFixed(2))}s`;
  const compact = (n: number) =>
    n >= 1000 ? `${Number((n / 1000).toPrecision(3))}k` : String(Number(n.toPrecision(3)));

  interface Line {
    label: string;
    values: (number | null)[];
    colour: string;
    dash?: number[];
    width?: number;
    fill?: string;
  }

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
  function shade(plot: PlotBox, labels: boolean): void {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const [i, window] of first.windows.entries()) {
      const left = plot.valToPos(window.from, 'x', true);
      const right = plot.valToPos(window.to, 'x', true);
      ctx.fillStyle = css('--fault');
      ctx.fillRect(left, bbox.top, Math.max(right - left, ratio), bbox.height);
      ctx.fillStyle = css('--fault-edge');
      ctx.fillRect(left, bbox.top, ratio, bbox.height);
      ctx.fillRect(right - ratio, bbox.top, ratio, bbox.height);
      if (labels) text(ctx, window.label, left + 4 * ratio, bbox.top + (13 + (i % 3) * 13) * ratio, ratio);
    }
    ctx.restore();
  }

  function text(ctx: CanvasRenderingContext2D, words: string, x: number, y: number, ratio: number): void {
    ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
    ctx.fillStyle = css('--fault-text');
    ctx.textAlign = 'left';
    ctx.fillText(words, x, y);
  }

  function chart(
    id: string,
    x: number[],
    lines: Line[],
    options: {
      height: number;
      unit: (n: number) => string;
      log?: boolean;
      logX?: boolean;
      labels?: boolean;
      stepped?: boolean;
      xUnit?: (n: number) => string;
      faults?: boolean;
    },
  ): void {
    const element = document.getElementById(id);
    if (!element) return;
    element.textContent = '';
    const unit = (_plot: unknown, value: number | null) =>
      value === null || value === undefined ? '–' : options.unit(value);
    const stepped = (uPlot as unknown as { paths: { stepped(o: object): unknown } }).paths.stepped({ align: 1 });
    const xUnit = options.xUnit ?? seconds;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: options.height,
        cursor: options.faults === false ? { y: false } : { y: false, sync: { key: 'time' } },
        legend: { live: true },
        scales: {
          x: { time: false, ...(options.logX ? { distr: 3 } : {}) },
          y: options.log
            ? { distr: 3 }
            : { range: (_p: unknown, _low: number, high: number) => [0, high > 0 ? high * 1.08 : 1] },
        },
        axes: [axis(xUnit, 30), axis(options.unit, 62)],
        series: [
          {
            label: options.logX ? 'percentile' : 'at',
            value: (_p: unknown, v: number | null) => (v === null || v === undefined ? '–' : xUnit(v)),
          },
          ...lines.map((line) => ({
            label: line.label,
            stroke: line.colour,
            width: line.width ?? 1.6,
            ...(line.dash ? { dash: line.dash } : {}),
            ...(line.fill ? { fill: line.fill } : {}),
            ...(options.stepped ? { paths: stepped } : {}),
            points: { show: false },
            value: unit,
          })),
        ],
        hooks: options.faults === false ? {} : { drawClear: [(plot: PlotBox) => shade(plot, options.labels ?? false)] },
      },
      [x, ...lines.map((line) => line.values)],
      element,
    );
    plots.push({ plot, element, height: options.height });
  }

  /** The values of a second run, at the times of the first run's ticks. */
  function onto(x: number[], run: PageRun, values: (number | null)[]): (number | null)[] {
    return x.map((s) => values[Math.round(s / run.tickS)] ?? null);
  }

  function timelines(): void {
    const longest = second && second.x.length * second.tickS > first.x.length * first.tickS ? second : first;
    const x = longest.x;
    const two = (
      label: string,
      pick: (run: PageRun) => (number | null)[],
      colour: string,
      other: string,
      more: Partial<Line> = {},
    ): Line[] =>
      second
        ? [
            { label: `${label} ${first.name}`, values: onto(x, first, pick(first)), colour, ...more },
            { label: `${label} ${second.name}`, values: onto(x, second, pick(second)), colour: other, ...more },
          ]
        : [{ label, values: pick(first), colour, ...more }];
    const rates: Line[] = second
      ? two('done', (r) => r.done, css('--a'), css('--b'))
      : [
          { label: 'asked', values: first.asked, colour: css('--muted'), dash: [5, 4], width: 1.2 },
          { label: 'sent', values: first.sent, colour: css('--a') },
          { label: 'done', values: first.done, colour: css('--good') },
        ];
    chart('rate', x, rates, { height: 200, unit: (n) => `${compact(n)}/s`, labels: true, stepped: true });
    const latency: Line[] = second
      ? [
          ...two('p50', (r) => r.p50, css('--a'), css('--b'), { dash: [4, 3], width: 1.2 }),
          ...two('p99', (r) => r.p99, css('--a'), css('--b'), { width: 2 }),
        ]
      : [
          { label: 'max', values: first.max, colour: css('--faint'), width: 1 },
          { label: 'p99', values: first.p99, colour: css('--c'), width: 2 },
          { label: 'p90', values: first.p90, colour: css('--b') },
          { label: 'p50', values: first.p50, colour: css('--a') },
        ];
    chart('latency', x, latency, { height: 260, unit: time, log: true });
    const bad: Line[] = second
      ? two('bad', (r) => r.errors.map((n, i) => n + (r.wrong[i] ?? 0)), css('--a'), css('--b'))
      : [
          { label: 'errors', values: first.errors, colour: css('--bad'), fill: css('--bad-fill') },
          { label: 'wrong', values: first.wrong, colour: css('--wrong'), fill: css('--wrong-fill') },
        ];
    chart('errors', x, bad, { height: 130, unit: (n) => `${compact(n)}/s`, stepped: true });
  }

  function spectra(): void {
    const sets: { label: string; points: [number, number][]; colour: string; dash?: number[] }[] = [];
    for (const [i, run] of runs.entries()) {
      const name = second ? ` ${run.name}` : '';
      const colour = css(i === 0 ? '--a' : '--b');
      sets.push({ label: `from intended time${name}`, points: run.spectrum.intended, colour });
      sets.push({
        label: `from sending${name}`,
        points: run.spectrum.sent,
        colour: second ? colour : css('--b'),
        dash: [5, 4],
      });
    }
    const x = [...new Set(sets.flatMap((set) => set.points.map((point) => point[0])))].sort((a, b) => a - b);
    const lines = sets.map((set) => {
      const known = new Map(set.points);
      const last = set.points.at(-1)?.[0] ?? 0;
      let current: number | null = null;
      return {
        label: set.label,
        colour: set.colour,
        values: x.map((inverse) => (inverse > last ? null : (current = known.get(inverse) ?? current))),
        ...(set.dash ? { dash: set.dash } : {}),
      };
    });
    const percentile = (inverse: number) => {
      const nines = 100 - 100 / inverse;
      return `p${Number(nines.toFixed(inverse >= 1000 ? Math.ceil(Math.log10(inverse)) - 2 : inverse >= 100 ? 1 : 0))}`;
    };
    chart('spectrum', x, lines, { height: 260, unit: time, log: true, logX: true, xUnit: percentile, faults: false });
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
}
