import { phases, type Incident } from '../../shared/membership/incident.ts';
import { markup, type Markup } from '../html/markup.ts';

const shown = 8;

/** The last incidents, newest first: time to repair = detection + diagnosis + fix. Doubts that came to nothing are left out. */
export function incidentTable(incidents: readonly Incident[]): Markup {
  const real = incidents.filter(({ outcome, verdict }) => outcome !== 'doubt' && verdict !== undefined);
  const last = real.toSorted((a, b) => b.stamps.manifest - a.stamps.manifest).slice(0, shown);
  return markup`<section class="wide" aria-labelledby="incidents"><h2 id="incidents">Incidents</h2>
${
  last.length === 0
    ? markup`<p class="quiet">None yet.</p>`
    : markup`<div class="scroll"><table><thead><tr><th>began<th>node<th>diagnosis<th class="number">detection<th class="number">+ diagnosis<th class="number">+ fix<th class="number">= repair<th>repair</tr></thead>
<tbody>${last.map(row)}</tbody></table></div>`
}</section>`;
}

function row(incident: Incident): Markup {
  const { detectionMs, diagnosisMs, fixMs, repairMs } = phases(incident.stamps);
  const orders = incident.orders.map(({ order, result }) => (result === 'done' ? order : `${order} (${result})`)).join(', ');
  return markup`<tr><td>${new Date(incident.stamps.manifest).toTimeString().slice(0, 8)}<td><a href="/nodes/${incident.node}">${incident.node}</a><td>${incident.verdict}<td class="number">${span(detectionMs)}<td class="number">${span(diagnosisMs)}<td class="number">${span(fixMs)}<td class="number">${incident.outcome === 'open' ? markup`<strong>open</strong>` : span(repairMs)}<td>${orders || 'by itself'}</tr>`;
}

function span(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
