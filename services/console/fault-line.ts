import { markup, type Markup } from '../../web/markup.ts';
import { counted } from '../../web/numbers.ts';
import type { ActiveFault } from './sources.ts';

/** The number of nodes that are listed by name; of more, only the count is shown. */
const named = 4;

/** The nodes that people would call broken. */
export function brokenBy({ casualties, victims }: ActiveFault): readonly string[] {
  return casualties.length > 0 ? casualties : victims.map(({ node }) => node);
}

/** Shown instead of the list, because unknown faults are not the same as no faults. */
export const faultsUnknown = markup`<p class="warning">Faults in effect: unknown, because the chaos controller does not answer.</p>`;

/** One fault in effect, with a button to end it if the person is an operator. */
export function faultLine(fault: ActiveFault, operator: boolean): Markup {
  const { id, kind, remainingMs, victims } = fault;
  const hit = victims.reduce((sum, { applied }) => sum + applied, 0);
  const broken = brokenBy(fault);
  const where = broken.length > named ? `${broken.length} nodes` : broken.join(', ');
  return markup`<li id="fault-${id}"><b>${kind}</b> at ${where}, ${Math.ceil(remainingMs / 1_000)} s left, ${counted(hit, 'request', 'requests')} hit${operator && markup` <form method="post" action="/faults/${id}/heal"><button aria-label="Heal ${kind} at ${where}">Heal</button></form>`}</li>`;
}
