import { markup, type Markup } from '../../web/markup.ts';
import { counted } from '../../web/numbers.ts';
import type { ActiveFault } from './sources.ts';

/** More than these are told by their number. */
const named = 4;

/** The nodes that people would call broken. */
export function brokenBy({ casualties, victims }: ActiveFault): readonly string[] {
  return casualties.length > 0 ? casualties : victims.map(({ node }) => node);
}

/** Said instead of a list: no faults, and no word about them, are not the same. */
export const faultsUnknown = markup`<p class="warning">Faults in effect: not known, the chaos controller does not answer.</p>`;

/** One fault in effect, with a button to end it for whoever may. */
export function faultLine(fault: ActiveFault, operator: boolean): Markup {
  const { id, kind, remainingMs, victims } = fault;
  const hit = victims.reduce((sum, { applied }) => sum + applied, 0);
  const broken = brokenBy(fault);
  const where = broken.length > named ? `${broken.length} nodes` : broken.join(', ');
  return markup`<li id="fault-${id}"><b>${kind}</b> at ${where}, ${Math.ceil(remainingMs / 1_000)} s left, ${counted(hit, 'request', 'requests')} hit${operator && markup` <form method="post" action="/faults/${id}/heal"><button aria-label="Heal ${kind} at ${where}">Heal</button></form>`}</li>`;
}
