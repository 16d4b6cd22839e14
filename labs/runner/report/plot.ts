import { markup, type Markup } from '../../../web/markup.ts';
import { digits } from '../units.ts';
import type { ResultRow } from '../result.ts';

const [width, height] = [640, 320];
const margin = { left: 62, right: 18, top: 16, bottom: 46 };

interface Axes {
  readonly x: string;
  readonly y: string;
  readonly logX?: true;
}

type Plotted = ResultRow & { readonly x: number };

/**
 * Predicted, theory and measured over x: a line each, and a symbol of its own, so that the plot can be read without
 * colour. Measured points have their interval as a bar.
 */
export function plot(rows: readonly ResultRow[], axes: Axes): Markup | undefined {
  const points = rows.filter((row): row is Plotted => row.x !== undefined);
  if (points.length < 2) return undefined;
  const scale = points[0]!.unit === '%' ? 100 : 1;
  const values = points.flatMap(({ predicted, theory, measured, low, high }) =>
    [predicted, theory, measured, low, high].flatMap((value) => (value === null ? [] : value * scale)),
  );
  const top = Math.max(...values) * 1.08 || 1;
  const bottom = Math.min(0, ...values);
  const xs = points.map(({ x }) => (axes.logX ? Math.log(x) : x));
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const padding = (last - first) * 0.06 || 1;
  const atX = (x: number): number =>
    margin.left +
    (((axes.logX ? Math.log(x) : x) - first + padding) / (last - first + 2 * padding)) *
      (width - margin.left - margin.right);
  const atY = (value: number): number =>
    height - margin.bottom - ((value * scale - bottom) / (top - bottom)) * (height - margin.top - margin.bottom);
  const line = (pick: (row: Plotted) => number | null): string =>
    points
      .flatMap((row) => {
        const value = pick(row);
        return value === null ? [] : [`${atX(row.x).toFixed(1)},${atY(value).toFixed(1)}`];
      })
      .join(' ');
  const ticks = niceTicks(bottom, top);
  const [right, base, center] = [width - margin.right, height - margin.bottom, (margin.left + width) / 2];
  const drawn = points.map((row) => ({ ...row, at: atX(row.x) }));
  const label = `${axes.y} over ${axes.x}; the table has the same numbers`;
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${ticks.map((tick) => {
  const y = atY(tick / scale);
  return markup`<line class="grid" x1="${margin.left}" x2="${right}" y1="${y}" y2="${y}"/>
<text class="tick" text-anchor="end" x="${margin.left - 8}" y="${y + 4}">${digits(tick)}</text>`;
})}
${drawn.map(
  ({ x, at }) => markup`<text class="tick" text-anchor="middle" x="${at}" y="${base + 18}">${digits(x)}</text>`,
)}
<text class="axis" text-anchor="middle" x="${center}" y="${height - 6}">${axes.x}</text>
<text class="axis" text-anchor="middle" transform="translate(14 ${height / 2 - 10}) rotate(-90)">${axes.y}</text>
<polyline class="theory" points="${line(({ theory }) => theory)}"/>
<polyline class="predicted" points="${line(({ predicted }) => predicted)}"/>
${drawn.map(
  ({ at, theory }) => markup`<rect class="theory-mark" x="${at - 4}" y="${atY(theory) - 4}" width="8" height="8"/>`,
)}
${drawn.map(
  ({ at, predicted }) =>
    predicted !== null && markup`<path class="predicted-mark" d="M ${at - 6} ${atY(predicted) + 5} h 12 l -6 -11 z"/>`,
)}
${drawn.map(({ at, measured, low, high }) => {
  if (measured === null) return false;
  const from = atY(Math.max(low ?? measured, bottom / scale));
  const to = atY(Math.min(high ?? measured, top / scale));
  return markup`<line class="bar" x1="${at}" x2="${at}" y1="${from}" y2="${to}"/>
<circle class="measured" cx="${at}" cy="${atY(measured)}" r="4.5"/>`;
})}
</svg>`;
}

/** About five round numbers between two values. */
function niceTicks(from: number, to: number): number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(Math.round(tick / power) * power);
  return ticks;
}
