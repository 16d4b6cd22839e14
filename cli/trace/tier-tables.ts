import { percent } from '../../services/console/page/quantities.ts';
import type { Trace, UsualTimes } from '../../services/traces/contract.ts';
import { preciseDuration } from '../../web/numbers.ts';
import { type Column, table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

type UsualTier = UsualTimes['tiers'][number];

const heldColumn: Column<UsualTier> = { head: 'held', text: ({ heldMs }) => preciseDuration(heldMs), align: 'right' };
const workColumn: Column<UsualTier> = { head: 'work', text: ({ workMs }) => preciseDuration(workMs), align: 'right' };
const waitColumns: readonly Column<UsualTier>[] = [
  { head: 'wait for data', text: ({ waitForDataMs }) => preciseDuration(waitForDataMs), align: 'right' },
  { head: 'wait for result', text: ({ waitForResultMs }) => preciseDuration(waitForResultMs), align: 'right' },
  { head: 'on the way', text: ({ wayMs }) => preciseDuration(wayMs), align: 'right' },
];

/** How long each component held its requests in one trace. */
export function tierTable({ tiers }: Pick<Trace, 'tiers'>, terminal: Terminal): readonly string[] {
  return table(
    tiers,
    [
      { head: 'component', text: ({ component }) => component },
      { head: 'requests', text: ({ requests }) => String(requests), align: 'right' },
      heldColumn,
      workColumn,
      ...waitColumns,
      { head: 'nodes', text: ({ nodes }) => nodes.join(', ') },
    ],
    terminal.dim,
  );
}

/** How long each component held the usual request, and its share of all work. */
export function usualTable({ tiers }: UsualTimes, terminal: Terminal): readonly string[] {
  const all = tiers.reduce((sum, { workMs }) => sum + workMs, 0);
  return table(
    tiers,
    [
      { head: 'component', text: ({ component }) => component },
      heldColumn,
      workColumn,
      { head: 'of all work', text: ({ workMs }) => (all > 0 ? percent(workMs / all) : '-'), align: 'right' },
      ...waitColumns,
    ],
    terminal.dim,
  );
}
