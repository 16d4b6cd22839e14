import type { Topology, TopologyNode } from '../../shared/cluster/topology.ts';
import type { Incident } from '../monitor/contract.ts';
import type { Member } from '../../shared/membership/view.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { breaksOf } from './breaks.ts';
import { brokenBy, faultLine, faultsUnknown } from './fault-line.ts';
import { frame } from './frame.ts';
import { incidentTable } from './incident-table.ts';
import type { ActiveFault, Diagnosis } from './sources.ts';
import { toneOf } from './tone.ts';
import { states, verdicts } from './words.ts';

export interface NodePage {
  readonly topology: Topology;
  readonly node: TopologyNode;
  /** The console runs on this very node. */
  readonly own: boolean;
  readonly member: Member | undefined;
  readonly diagnosis: Diagnosis | undefined;
  readonly faults: readonly ActiveFault[] | undefined;
  readonly incidents: readonly Incident[];
  /** Why the page has no buttons; undefined if it has them. */
  readonly locked: string | undefined;
}

/** One node: its state, the diagnosis with its reasons, the injected faults, and buttons to break it. */
export function nodePage({ topology, node, own, member, diagnosis, faults, incidents, locked }: NodePage): string {
  const state = member?.state ?? 'unknown';
  const verdict = diagnosis?.verdict;
  const injected = (faults ?? []).filter((fault) => brokenBy(fault).includes(node.id));
  return frame(
    node.id,
    markup`<p><a href="/">← Tierlab console</a></p><h1>${node.id}</h1>
<p>${node.components.join(', ')} · port ${node.port}, ops port ${node.opsPort}</p>`,
    markup`<section class="wide" aria-labelledby="health"><h2 id="health">What the monitors say</h2>
<p class="verdict ${toneOf(state, verdict)}"><span class="state">${state}</span>, ${verdict ?? 'no diagnosis'}</p>
<p class="quiet">${state}: ${states[state]}${verdict !== undefined && `; ${verdict}: ${verdicts[verdict]}`}.</p>
${diagnosis !== undefined && diagnosis.reasons.length > 0 && markup`<ul class="reasons">${diagnosis.reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`}
</section>
<section class="wide" aria-labelledby="break"><h2 id="break">Break it</h2>
${faults === undefined && faultsUnknown}
${own && markup`<p class="quiet">This console runs on this node: a fault may make it unreachable for a while.</p>`}
${injected.length > 0 && markup`<ul class="faults">${injected.map((fault) => faultLine(fault, locked === undefined))}</ul>`}
${locked === undefined ? buttons(node, topology) : markup`<p class="quiet">${locked}</p>`}
</section>
${incidentTable(incidents.filter((incident) => incident.node === node.id))}`,
  );
}

function buttons(node: TopologyNode, topology: Topology): Markup {
  return markup`<ul class="breaks">${breaksOf(node, topology).map(
    ({ name, label, explanation }) =>
      markup`<li><form method="post" action="/nodes/${node.id}/break/${name}"><button>${label}</button> <small>${explanation}</small></form></li>`,
  )}</ul>`;
}
