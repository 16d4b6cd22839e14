import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { clockTime } from '../../../../shared/clock-time.ts';

export interface ChartSeries {
  readonly label: string;
  /** The name of a colour in theme.css, as `--accent`. */
  readonly colour: string;
  readonly values: readonly (number | null | undefined)[];
  readonly dash?: readonly number[];
}

interface ChartOptions {
  readonly title: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** Shaded behind the lines, seconds since 1970: the incidents. */
  readonly bands?: readonly { readonly from: number; readonly to: number }[];
  /** The moment that the person looks at, seconds; undefined = now. */
  readonly cursor?: number | undefined;
}

const height = 150;

/** A chart over time. It is drawn anew when the colour scheme or the width changes, else only its data changes. */
export function Chart(options: ChartOptions) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(options);
  latest.current = options;

  useEffect(() => {
    const box = place.current!;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(settings(latest, box.clientWidth), plotData(latest.current), box);
    };
    draw();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: box.clientWidth, height }));
    observer.observe(box);
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(plotData(options)));

  const last = options.series.map(({ label, values }) => `${label} ${shown(values.at(-1), options.format)}`);
  return (
    <figure class="chart">
      <figcaption>
        <h3>{options.title}</h3>
        <ul class="legend">
          {options.series.map(({ label, colour }) => (
            <li key={label}>
              <i class={`swatch ${colour.slice(2)}`} aria-hidden="true" />
              {label}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={`${options.title}: ${last.join(', ')}`} />
    </figure>
  );
}

const shown = (value: number | null | undefined, format: (value: number) => string): string =>
  value === undefined || value === null ? 'unknown' : format(value);

const plotData = ({ times, series }: ChartOptions) =>
  [times, ...series.map(({ values }) => values)] as unknown as uPlot.AlignedData;

function settings(latest: { current: ChartOptions }, width: number): uPlot.Options {
  const axis = {
    stroke: css('--soft'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: css('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: Math.max(120, width),
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.15 : 1] } },
    axes: [
      { ...axis, size: 26, space: 90, values: (_plot, values) => values.map((value) => clockTime(value * 1_000)) },
      { ...axis, size: 56, values: (_plot, values) => values.map((value) => latest.current.format(value)) },
    ],
    series: [
      {},
      ...latest.current.series.map(({ label, colour, dash }) => ({
        label,
        stroke: css(colour),
        width: 1.5,
        ...(dash && { dash: [...dash] }),
        points: { show: false },
      })),
    ],
    hooks: {
      drawClear: [(plot) => shade(plot, latest.current, css('--bad-soft'))],
      draw: [(plot) => mark(plot, latest.current.cursor, css('--ink'))],
    },
  };
}

/** A colour of theme.css for a canvas, which does not know `light-dark()`. */
function css(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function shade(plot: uPlot, { bands = [] }: ChartOptions, colour: string): void {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.fillStyle = colour;
  for (const { from, to } of bands) {
    const x = (at: number) => Math.min(left + width, Math.max(left, plot.valToPos(at, 'x', true)));
    plot.ctx.fillRect(x(from), top, Math.max(1, x(to) - x(from)), height);
  }
}

function mark(plot: uPlot, at: number | undefined, colour: string): void {
  if (at === undefined) return;
  const x = plot.valToPos(at, 'x', true);
  plot.ctx.fillStyle = colour;
  plot.ctx.fillRect(x, plot.bbox.top, 1, plot.bbox.height);
}
