import type { Style } from '../../search/making.ts';
import { median } from '../../shared/quantile.ts';
import { preciseDuration, grouped, shortNumber } from '../../web/numbers.ts';
import { shareWithNines } from '../share-with-nines.ts';
import type { Crash } from './crashes.ts';
import type { MeasuredTopology } from './measure.ts';

export interface ComparedRow {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

type Figure = (what: string, text: (measured: MeasuredTopology) => string) => ComparedRow;

/** The figures that depend on the style, for one style: one row for each figure, with both topologies. */
export function rowsOfStyle(a: MeasuredTopology, b: MeasuredTopology, style: Style): readonly ComparedRow[] {
  const row = figureOf(a, b);
  const sessionsOf = ({ sessions }: MeasuredTopology) => sessions.flat().filter((it) => it.style === style);
  const loadsOf = ({ loads }: MeasuredTopology) => loads.filter((it) => it.style === style);
  const hops = (it: MeasuredTopology) => sessionsOf(it).flatMap((session) => session.hops);
  const messages = (it: MeasuredTopology) => hops(it).map((n) => 2 * n);
  const bytes = (it: MeasuredTopology) => sessionsOf(it).flatMap((session) => session.bytes ?? []);
  const load = (it: MeasuredTopology, name: 'p50Ms' | 'p99Ms' | 'capacity') =>
    loadsOf(it).flatMap((figures) => figures[name] ?? []);
  return [
    row('hops per search, from traces', (it) => withSpread(hops(it), shortNumber)),
    row('  by arithmetic', ({ arithmetic }) => shortNumber(arithmetic.hops[style])),
    row('messages per search, from traces', (it) => withSpread(messages(it), shortNumber)),
    row('bytes written per search', (it) => withSpread(bytes(it), (n) => grouped(Math.round(n)))),
    row('latency p50', (it) => withSpread(load(it, 'p50Ms'), preciseDuration)),
    row('latency p99', (it) => withSpread(load(it, 'p99Ms'), preciseDuration)),
    row('capacity, searches per second', (it) => withSpread(load(it, 'capacity'), (n) => n.toFixed(0))),
    row('answered, all nodes up', (it) => {
      const sum = (name: 'sent' | 'failed') => loadsOf(it).reduce((count, figures) => count + figures[name], 0);
      return shareWithNines(1 - sum('failed') / sum('sent'));
    }),
    ...(isCrashed(a, b) ? crashRows(row, style) : []),
  ];
}

function crashRows(row: Figure, style: Style): readonly ComparedRow[] {
  return [
    row('searches answered, worst node down', (it) => worst(it, ({ searches }) => searches[style])),
    row('nodes whose crash stopped every search', ({ crashes }) =>
      names(crashes.filter(({ searches }) => searches[style] === 0).map(({ node }) => node)),
    ),
  ];
}

/** The figures that are the same in both styles. */
export function rowsOfBothStyles(a: MeasuredTopology, b: MeasuredTopology): readonly ComparedRow[] {
  const row = figureOf(a, b);
  return [
    ...(isCrashed(a, b) ? [row('pages answered, worst node down', (it) => worst(it, ({ pages }) => pages))] : []),
    row('default style', ({ topology }) => topology.style),
    row('nodes that can stop the whole system, by arithmetic', ({ arithmetic }) => names(arithmetic.stopTheWhole)),
    row('availability by arithmetic, if each node is up 95%', ({ arithmetic }) =>
      shareWithNines(arithmetic.availability),
    ),
  ];
}

const figureOf =
  (a: MeasuredTopology, b: MeasuredTopology): Figure =>
  (what, text) => ({ what, a: text(a), b: text(b) });

const isCrashed = (a: MeasuredTopology, b: MeasuredTopology): boolean => a.crashes.length + b.crashes.length > 0;

/** The least share that was answered, and the node that was down. */
function worst({ crashes }: MeasuredTopology, answered: (crash: Crash) => number): string {
  const found = crashes.toSorted((x, y) => answered(x) - answered(y))[0]!;
  const least = answered(found);
  return `${shareWithNines(least)}${least < 1 ? ` (${found.node})` : ''}`;
}

/** The middle value, with the least and the greatest one where they differ. */
function withSpread(values: readonly number[], text: (value: number) => string): string {
  if (values.length === 0) return '-';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const middle = text(median(values));
  return text(least) === text(most) ? middle : `${middle} (${text(least)} .. ${text(most)})`;
}

const names = (list: readonly string[]): string => (list.length === 0 ? 'none' : list.join(', '));
