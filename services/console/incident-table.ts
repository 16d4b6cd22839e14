import type { Verdict } from '../../shared/membership/verdict.ts';
import { orderWords, phases, type Incident, type OrderNote } from '../monitor/contract.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { span } from '../../shared/span.ts';
import { legend, orderResults, outcomes, verdicts } from './words.ts';

const shown = 8;

type Diagnosed = Incident & { readonly verdict: Verdict };

/** The incidents in the list. Suspicions that never became a diagnosis are left out. */
export function diagnosed(incidents: readonly Incident[]): readonly Diagnosed[] {
  return incidents.filter((it): it is Diagnosed => it.outcome !== 'doubt' && it.verdict !== undefined);
}

/**
 * The last incidents, newest first, with the columns of `tierlab incidents`; on a narrow screen each row is a card
 * (incidents.css).
 */
export function incidentTable(incidents: readonly Incident[]): Markup {
  const last = diagnosed(incidents)
    .toSorted((a, b) => b.stamps.manifest - a.stamps.manifest)
    .slice(0, shown);
  return markup`<section class="wide" aria-labelledby="incidents"><h2 id="incidents">Incidents</h2>
${last.length === 0 ? markup`<p class="quiet">None yet: the monitors have diagnosed no failure.</p>` : table(last)}
${legend()}
</section>`;
}

function table(incidents: readonly Diagnosed[]): Markup {
  return markup`<table class="incidents"><thead><tr><th>began<th>node<th>diagnosis<th class="number">detection<th class="number">+ diagnosis<th class="number">+ fix<th class="number">= time to repair<th>outcome<th>orders</tr></thead>
<tbody>${incidents.map(row)}</tbody></table>`;
}

function row({ id, node, stamps, verdict, outcome, reasons, orders }: Diagnosed): Markup {
  const { detectionMs, diagnosisMs, fixMs, repairMs } = phases(stamps);
  const began = new Date(stamps.manifest);
  const time = (head: string, ms: number | undefined) => markup`<td class="number" data-head="${head}">${span(ms)}`;
  return markup`<tr id="incident-${id}"><td class="began"><time datetime="${began.toISOString()}">${began.toTimeString().slice(0, 8)}</time><td class="node"><a href="/nodes/${node}">${node}</a><td class="diagnosis" title="${verdicts[verdict]}">${verdict} <small>${reasons[0]}</small>${time('detection', detectionMs)}${time('+ diagnosis', diagnosisMs)}${time('+ fix', fixMs)}${time('= time to repair', repairMs)}<td class="outcome ${outcome}" title="${outcomes[outcome]}">${outcome}<td class="orders" data-head="orders">${orders.length === 0 ? '-' : orderItems(orders)}</tr>
`;
}

function orderItems(orders: readonly OrderNote[]): Markup[] {
  return inARow(orders).map(([note, times], i) => {
    const { result, detail } = note;
    const means = detail === undefined ? orderResults[result] : `${orderResults[result]}: ${detail}`;
    return markup`${i > 0 && ', '}<span title="${means}">${orderWords(note)}${times > 1 && ` ×${times}`}</span>`;
  });
}

/** Repeated orders with the same result become one entry with a count. */
function inARow(orders: readonly OrderNote[]): [OrderNote, number][] {
  const runs: [OrderNote, number][] = [];
  for (const note of orders) {
    const last = runs.at(-1);
    if (last?.[0].order === note.order && last[0].result === note.result) last[1]++;
    else runs.push([note, 1]);
  }
  return runs;
}
