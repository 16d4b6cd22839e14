import { markup, type Markup } from '../html/markup.ts';
import { counted } from '../html/numbers.ts';
import type { ActiveFault } from './sources.ts';

/** Many victims are told by their number: a partition has all nodes for victims. */
const named = 4;

/** One fault in effect, with a button to end it for whoever may. */
export function faultLine({ id, kind, remainingMs, victims }: ActiveFault, operator: boolean): Markup {
  const hit = victims.reduce((sum, { applied }) => sum + applied, 0);
  const where = victims.length > named ? `${victims.length} nodes` : victims.map(({ node }) => node).join(', ');
  return markup`<li id="fault-${id}"><b>${kind}</b> at ${where}, ${Math.ceil(remainingMs / 1_000)} s left, ${counted(hit, 'request', 'requests')} hit${operator && markup` <form method="post" action="/faults/${id}/heal"><button aria-label="Heal ${kind} at ${where}">Heal</button></form>`}</li>`;
}
