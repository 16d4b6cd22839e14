import { median } from '../../shared/quantile.ts';
import { duration, grouped, shortNumber } from '../../web/numbers.ts';
import { share } from '../table.ts';
import type { Measured } from './measure.ts';

interface Row {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/** The comparison, one line for each figure. */
export function comparisonRows(a: Measured, b: Measured): readonly Row[] {
  const row = (what: string, text: (measured: Measured) => string): Row => ({ what, a: text(a), b: text(b) });
  const hops = ({ sessions }: Measured): readonly number[] => sessions.flatMap((session) => session.hops);
  return [
    row('hops per search, from traces', (it) => withSpread(hops(it), shortNumber)),
    row('  by arithmetic', ({ arithmetic }) => shortNumber(arithmetic.hops)),
    row('messages per search, from traces', (it) =>
      withSpread(
        hops(it).map((n) => 2 * n),
        shortNumber,
      ),
    ),
    row('bytes written per search', ({ sessions }) => {
      const bytes = sessions.flatMap((session) => session.bytes ?? []);
      return withSpread(bytes, (n) => grouped(Math.round(n)));
    }),
    row('latency p50', ({ loads }) =>
      withSpread(
        loads.map(({ p50Ms }) => p50Ms),
        duration,
      ),
    ),
    row('latency p99', ({ loads }) =>
      withSpread(
        loads.map(({ p99Ms }) => p99Ms),
        duration,
      ),
    ),
    row('capacity, searches per second', ({ loads }) =>
      withSpread(
        loads.map(({ capacity }) => capacity),
        (n) => n.toFixed(0),
      ),
    ),
    row('answered, all nodes up', ({ loads }) => {
      const [sent, failed] = [
        loads.reduce((sum, it) => sum + it.sent, 0),
        loads.reduce((sum, it) => sum + it.failed, 0),
      ];
      return share(1 - failed / sent);
    }),
    ...(a.crashes.length + b.crashes.length === 0 ? [] : crashRows(row)),
    row('who can stop the whole, by arithmetic', ({ arithmetic }) => names(arithmetic.stopTheWhole)),
    row('availability by arithmetic, nodes 95%', ({ arithmetic }) => share(arithmetic.availability)),
  ];
}

function crashRows(row: (what: string, text: (measured: Measured) => string) => Row): Row[] {
  const worst = (measured: Measured, of: 'searches' | 'pages'): string => {
    const found = measured.crashes.toSorted((x, y) => x[of] - y[of])[0]!;
    return `${share(found[of])}${found[of] < 1 ? ` (${found.node})` : ''}`;
  };
  return [
    row('searches answered, worst node down', (it) => worst(it, 'searches')),
    row('pages answered, worst node down', (it) => worst(it, 'pages')),
    row('whose crash stopped every search', ({ crashes }) =>
      names(crashes.filter(({ searches }) => searches === 0).map(({ node }) => node)),
    ),
  ];
}

/** The middle value, with the least and the greatest one where they differ. */
function withSpread(values: readonly number[], text: (value: number) => string): string {
  if (values.length === 0) return '-';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const middle = text(median(values));
  return text(least) === text(most) ? middle : `${middle} (${text(least)} .. ${text(most)})`;
}

const names = (list: readonly string[]): string => (list.length === 0 ? 'nobody' : list.join(', '));
