import type { Topology, TopologyNode } from '../../shared/cluster/topology.ts';
import type { Member, View } from '../../shared/membership/view.ts';
import { markup, type Markup } from '../html/markup.ts';

/** The order in which a request meets the tiers; groups of other names follow in topology order. */
const tierOrder = ['client', 'gateway', 'app', 'query', 'database', 'ranking', 'html', 'monitor', 'control'];

/** How often the browser asks again, s. */
const refreshSeconds = 2;

export const stylesheetUrl = '/console.css';

/**
 * The live page: every node of the topology under its tier, in the state in which the monitors see it. Plain HTML that
 * reloads itself, so that it works while anything else is broken.
 */
export function consolePage(topology: Topology, view: View | undefined, unreachable: boolean): string {
  const members = new Map(view?.members.map((member) => [member.node, member]));
  const groups = Map.groupBy(topology.nodes, (node) => node.group);
  const rank = (name: string): number => (tierOrder.indexOf(name) + tierOrder.length + 1) % (tierOrder.length + 1);
  const names = [...groups.keys()].toSorted((a, b) => rank(a) - rank(b));
  const alive = topology.nodes.filter((node) => members.get(node.id)?.state === 'alive').length;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${refreshSeconds}">
<title>${alive} of ${topology.nodes.length} alive - Tierlab console</title>
<link rel="stylesheet" href="${stylesheetUrl}">
</head>
<body>
<header>
<h1>Tierlab console</h1>
<p>${topology.name}: ${topology.summary}.</p>
<p class="sum"><strong>${alive}</strong> of ${topology.nodes.length} nodes are alive${view && markup`, says ${view.monitor}`}.</p>
${unreachable && markup`<p class="warning" role="status">No monitor answers: this is the last view that one gave.</p>`}
</header>
<main>
${names.map((name) => tier(name, groups.get(name)!, members))}
</main>
<footer><p>Heartbeats come every 500 ms. A node that is silent for 1 s is suspected, after 1.75 s it is called dead.</p></footer>
</body>
</html>
`.text;
}

function tier(name: string, nodes: readonly TopologyNode[], members: ReadonlyMap<string, Member>): Markup {
  return markup`<section aria-labelledby="tier-${name}">
<h2 id="tier-${name}">${name}</h2>
<ul>${nodes.map((node) => card(node, members.get(node.id)))}</ul>
</section>
`;
}

function card(node: TopologyNode, member: Member | undefined): Markup {
  const state = member?.state ?? 'unknown';
  const silence = member?.silentMs === undefined ? 'no heartbeat yet' : `heartbeat ${(member.silentMs / 1000).toFixed(1)} s ago`;
  return markup`<li class="${state}"><b>${node.id}</b> <span class="state">${state}</span> <small>port ${node.port} · ${silence}</small></li>`;
}
