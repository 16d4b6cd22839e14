import type { Component } from './component.ts';
import type { Topology, TopologyFile } from './topology.ts';

/** The errors of a topology, as sentences; empty when it can run. */
export function topologyProblems(
  file: TopologyFile,
  topology: Topology,
  components: Readonly<Record<string, Component>>,
): readonly string[] {
  return [
    ...unknownComponents(file, components),
    ...repeated(
      file.nodes.map((group) => group.name),
      (name) => `two groups are named ${name}`,
    ),
    ...badSharding(file),
    ...badStandbys(file),
    ...portClashes(topology),
    ...unplacedCalls(file, components),
    ...cycles(components),
  ];
}

function unknownComponents(file: TopologyFile, components: Readonly<Record<string, Component>>): string[] {
  const known = Object.keys(components).join(', ');
  return file.nodes.flatMap((group) => [
    ...group.components
      .filter((name) => !Object.hasOwn(components, name))
      .map((name) => `group ${group.name} names the unknown component ${name}; there are ${known}`),
    ...repeated(group.components, (name) => `group ${group.name} names ${name} twice`),
  ]);
}

function badSharding(file: TopologyFile): string[] {
  const holders = file.nodes.filter((group) => group.components.includes('database'));
  const problems = file.nodes
    .filter((group) => group.shards !== undefined && !group.components.includes('database'))
    .map((group) => `group ${group.name} has shards but hosts no database`);
  if (new Set(holders.map((group) => group.shards ?? 1)).size > 1)
    problems.push(
      `groups ${holders.map((group) => group.name).join(', ')} cut the data into different numbers of shards`,
    );
  return problems;
}

/**
 * Callers find a standby by the view. Monitors make the view themselves, and users at a public port do not follow it.
 */
const noStandbys: readonly string[] = ['monitor', 'client', 'gateway', 'console', 'chaos'];

function badStandbys(file: TopologyFile): string[] {
  return file.nodes.flatMap((group) => {
    const [wrong] = group.standbys ? group.components.filter((name) => noStandbys.includes(name)) : [];
    return wrong === undefined ? [] : [`group ${group.name} has standbys but hosts ${wrong}: nobody would find them`];
  });
}

function portClashes(topology: Topology): string[] {
  const owners = new Map<number, string>([[topology.watchdogPort, 'the watchdog']]);
  const problems: string[] = [];
  for (const node of topology.nodes) {
    const routes = (node.routes ?? []).filter(({ host }) => host === node.host).map(({ port }) => port);
    for (const port of new Set([node.port, node.publicPort, node.opsPort, ...Object.values(node.doors), ...routes])) {
      const owner = owners.get(port);
      if (owner === undefined) owners.set(port, node.id);
      else problems.push(`both ${owner} and ${node.id} need port ${port}: there are too many nodes of that kind`);
    }
  }
  return problems;
}

function unplacedCalls(file: TopologyFile, components: Readonly<Record<string, Component>>): string[] {
  const placed = new Set(file.nodes.flatMap((group) => group.components));
  return [...placed].flatMap((name) =>
    Object.keys(components[name]?.calls ?? {})
      .filter((callee) => !placed.has(callee))
      .map((callee) => `${name} calls ${callee}, which is placed on no node`),
  );
}

/** Calls must form a directed acyclic graph: in a cycle every node could wait for every other. */
function cycles(components: Readonly<Record<string, Component>>): string[] {
  const done = new Set<string>();
  const problems: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      problems.push(`calls go in a circle: ${[...path.slice(path.indexOf(name)), name].join(' -> ')}`);
      return;
    }
    if (done.has(name)) return;
    for (const callee of Object.keys(components[name]?.calls ?? {})) visit(callee, [...path, name]);
    done.add(name);
  };
  for (const name of Object.keys(components)) visit(name, []);
  return problems;
}

function repeated(names: readonly string[], sentence: (name: string) => string): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(sentence);
}
