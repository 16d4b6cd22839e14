import type { Topology, TopologyNode } from '../../shared/cluster/topology.ts';
import type { Incident } from '../monitor/contract.ts';
import type { Member, View } from '../../shared/membership/view.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { counted } from '../../web/numbers.ts';
import { brokenBy, faultLine, faultsUnknown } from './fault-line.ts';
import { frame } from './frame.ts';
import { diagnosed, incidentTable } from './incident-table.ts';
import type { ActiveFault } from './sources.ts';
import { span } from '../../shared/span.ts';
import { toneOf } from './tone.ts';

/** The order in which a request meets the tiers; groups of other names follow in topology order. */
const tierOrder = ['client', 'gateway', 'app', 'query', 'database', 'ranking', 'html', 'monitor', 'control'];

export interface Overview {
  readonly topology: Topology;
  readonly view: View | undefined;
  /** No monitor answers, so the view is the last known one. */
  readonly unreachable: boolean;
  /** Undefined if the chaos controller does not answer. */
  readonly faults: readonly ActiveFault[] | undefined;
  readonly incidents: readonly Incident[];
  /** The person may press buttons. */
  readonly operator: boolean;
  /** The person came with a wrong key, and may press no buttons. */
  readonly wrongKey: boolean;
}

/** Every node under its tier with its state in the monitors' view, the injected faults, and the last incidents. */
export function overviewPage({ topology, view, unreachable, faults, incidents, operator, wrongKey }: Overview): string {
  const members = new Map(view?.members.map((member) => [member.node, member]));
  const groups = Map.groupBy(topology.nodes, (node) => node.group);
  const rank = (name: string): number => (tierOrder.indexOf(name) + tierOrder.length + 1) % (tierOrder.length + 1);
  const names = [...groups.keys()].toSorted((a, b) => rank(a) - rank(b));
  const alive = topology.nodes.filter((node) => members.get(node.id)?.state === 'alive').length;
  return frame(
    `${alive} of ${topology.nodes.length} alive`,
    markup`<h1>Tierlab console</h1>
<p>${topology.name}: ${topology.summary}.</p>
<p class="sum" role="status"><strong>${alive}</strong> of ${topology.nodes.length} nodes are alive${view && markup`, says ${view.monitor}`}. ${inShort(faults, incidents)}</p>
${wrongKey && markup`<p class="warning" role="status">The key in this address is wrong for this cluster: you can look, but not press buttons. "npm start -- --chaos" printed the right address.</p>`}
${unreachable && markup`<p class="warning" role="status">No monitor answers: this is the last known view.</p>`}`,
    markup`${names.map((name) => tier(name, groups.get(name)!, members, faults ?? []))}
${faultList(faults, operator)}
${incidentTable(incidents)}`,
  );
}

function tier(
  name: string,
  nodes: readonly TopologyNode[],
  members: ReadonlyMap<string, Member>,
  faults: readonly ActiveFault[],
): Markup {
  return markup`<section aria-labelledby="tier-${name}">
<h2 id="tier-${name}">${name}</h2>
<ul class="nodes">${nodes.map((node) => card(node, members.get(node.id), faults))}</ul>
</section>
`;
}

/** A summary of the sections below, as links. */
function inShort(faults: readonly ActiveFault[] = [], incidents: readonly Incident[]): Markup {
  const all = diagnosed(incidents);
  const open = all.filter(({ outcome }) => outcome === 'open').length;
  return markup`${faults.length > 0 && markup`<a href="#faults">${counted(faults.length, 'fault', 'faults')} in effect</a>, `}<a href="#incidents">${counted(all.length, 'incident', 'incidents')}</a>${open > 0 && `, ${open} open`}.`;
}

function card(node: TopologyNode, member: Member | undefined, faults: readonly ActiveFault[]): Markup {
  const state = member?.state ?? 'unknown';
  const silence = member?.silentMs === undefined ? 'no heartbeat yet' : `heartbeat ${span(member.silentMs)} ago`;
  const verdict = member?.verdict !== undefined && member.verdict !== 'healthy' ? member.verdict : undefined;
  const injected = faults.filter((fault) => brokenBy(fault).includes(node.id));
  return markup`<li id="node-${node.id}" class="${toneOf(state, verdict)}"><a href="/nodes/${node.id}">${node.id}</a> <span class="state">${verdict ?? state}</span> <small>port ${node.port} · ${silence}</small>${injected.map(({ kind }) => markup`<small class="injected">injected: ${kind}</small>`)}</li>`;
}

function faultList(faults: readonly ActiveFault[] | undefined, operator: boolean): Markup | undefined {
  if (faults?.length === 0) return undefined;
  return markup`<section class="wide" aria-labelledby="faults"><h2 id="faults">Faults in effect</h2>
${faults === undefined ? faultsUnknown : markup`<ul class="faults">${faults.map((fault) => faultLine(fault, operator))}</ul>`}
${operator && markup`<form method="post" action="/halt"><button class="halt">Halt everything</button> <small>ends all faults at once</small></form>`}
</section>`;
}
