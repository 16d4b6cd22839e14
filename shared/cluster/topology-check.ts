import { resolvePolicy } from '../rpc/policy.ts';
import type { SchemaProblem } from '../schema/problem.ts';
import type { Component } from './component.ts';
import { isStarted, type Topology, type TopologyFile, type TopologyNode } from './topology.ts';
import { voteProblem } from './vote-check.ts';

type Components = Readonly<Record<string, Component>>;

/** The errors of a topology, as sentences with their places in the file; empty when it can run. */
export function topologyProblems(
  file: TopologyFile,
  topology: Topology,
  components: Components,
): readonly SchemaProblem[] {
  return [
    ...unknownComponents(file, components),
    ...repeated(file.nodes.map((group) => group.name)).map((i) => ({
      path: `nodes.${i}.name`,
      sentence: `two groups are named ${file.nodes[i]!.name}`,
    })),
    ...numberedNames(file),
    ...badSharding(file),
    ...badStandbys(file),
    ...fewVoters(file, topology),
    ...badStarted(file),
    ...impossibleRoutes(file, topology),
    ...portClashes(file, topology),
    ...unplacedCalls(file, components),
    ...cycles(file, components),
  ];
}

function unknownComponents(file: TopologyFile, components: Components): SchemaProblem[] {
  const known = Object.keys(components).join(', ');
  return placements(file)
    .filter(({ component }) => !Object.hasOwn(components, component))
    .map(({ path, group, component }) => ({
      path,
      sentence: `group ${group} names the unknown component ${component}; there are ${known}`,
    }))
    .concat(
      file.nodes.flatMap((group, g) =>
        repeated(group.components).map((c) => ({
          path: `nodes.${g}.components.${c}`,
          sentence: `group ${group.name} names ${group.components[c]} twice`,
        })),
      ),
    );
}

/** `web-2-1` is a node of the group `web` with shards. A group `web-2` would have a node of this name, too. */
function numberedNames(file: TopologyFile): SchemaProblem[] {
  return file.nodes.flatMap(({ name }, i) =>
    /-\d+$/.test(name)
      ? [{ path: `nodes.${i}.name`, sentence: `group ${name} ends with a number; only the names of nodes may do so` }]
      : [],
  );
}

/** A node holds one shard. So all groups that host the database must agree on the number of shards. */
function badSharding(file: TopologyFile): SchemaProblem[] {
  const most = Math.max(1, ...file.nodes.map(({ shards = 1 }) => shards));
  return file.nodes.flatMap(({ name, components, shards }, i) => {
    const path = `nodes.${i}.shards`;
    if (!components.includes('database'))
      return shards === undefined ? [] : [{ path, sentence: `group ${name} has shards but hosts no database` }];
    if ((shards ?? 1) === most) return [];
    const now =
      shards === undefined
        ? `group ${name} does not say "shards": one node of it would hold ${most} shards`
        : `group ${name} cuts the data into ${shards} shards, another group into ${most}`;
    return [{ path, sentence: `${now}. Set "shards" to ${most}: then each shard has its own nodes` }];
  });
}

/**
 * Components that cannot have standbys, because nobody would find them. Callers find a standby by the view. But
 * monitors make the view themselves, and users at a public port do not follow it.
 */
const noStandbys: readonly string[] = ['monitor', 'client', 'gateway', 'console', 'chaos'];

function badStandbys(file: TopologyFile): SchemaProblem[] {
  return file.nodes.flatMap((group, i) => {
    if (!group.standbys) return [];
    const wrong = group.components.find((name) => noStandbys.includes(name));
    const path = `nodes.${i}.standbys`;
    if (wrong !== undefined)
      return [{ path, sentence: `group ${group.name} has standbys but hosts ${wrong}: nobody would find them` }];
    if (hasMonitor(file)) return [];
    const sentence = `group ${group.name} has standbys, but no group hosts monitor: nobody would promote them`;
    return [{ path, sentence }];
  });
}

/** A group with `started` needs a monitor: callers learn from monitors that a node was started later. */
function badStarted(file: TopologyFile): SchemaProblem[] {
  return file.nodes.flatMap(({ name, replicas, started = replicas }, i) => {
    const path = `nodes.${i}.started`;
    const sentence = `group ${name} starts ${started} nodes, but has only ${replicas} replicas`;
    if (started > replicas) return [{ path, sentence }];
    if (started === replicas || hasMonitor(file)) return [];
    const unknown = `group ${name} starts ${started} of ${replicas} nodes, but no group hosts monitor`;
    return [{ path, sentence: `${unknown}: nobody would call the others when they are started` }];
  });
}

const hasMonitor = (file: TopologyFile): boolean => file.nodes.some(({ components }) => components.includes('monitor'));

function fewVoters(file: TopologyFile, { nodes }: Topology): SchemaProblem[] {
  const problem = voteProblem(resolvePolicy(file.policy ?? 'resilient').quorum, nodes.filter(isStarted));
  return problem === undefined ? [] : [{ path: 'policy.quorum', sentence: `policy.quorum: ${problem}` }];
}

/** Ports below 1,024 belong to the system; the highest port is 65,535. */
function impossibleRoutes(file: TopologyFile, { nodes }: Topology): SchemaProblem[] {
  return nodes.flatMap(({ id, group, routes = [] }) => {
    const g = file.nodes.findIndex(({ name }) => name === group);
    return routes.flatMap(({ port }, r) =>
      port >= 1_024 && port <= 65_535
        ? []
        : [
            {
              path: `nodes.${g}.routes.${r}.portShift`,
              sentence: `a route to ${id} would be at port ${port}; a port from 1024 to 65535 is wanted`,
            },
          ],
    );
  });
}

function portClashes(file: TopologyFile, topology: Topology): SchemaProblem[] {
  const owners = new Map<number, string>([[topology.watchdogPort, 'the watchdog']]);
  const clash = (node: TopologyNode, field: string, wanted: readonly number[], who: string, advice: string) => {
    const taken = wanted.find((port) => owners.has(port));
    for (const port of wanted) if (!owners.has(port)) owners.set(port, who);
    if (taken === undefined) return [];
    const path = `nodes.${file.nodes.findIndex(({ name }) => name === node.group)}.${field}`;
    return [{ path, sentence: `both ${owners.get(taken)} and ${who} need port ${taken}: ${advice}` }];
  };
  const own = (node: TopologyNode) => new Set([node.port, node.publicPort, node.opsPort, ...Object.values(node.doors)]);
  // A route that takes the port of a node is wrong, wherever the two stand in the file.
  return [
    ...topology.nodes.flatMap((node) =>
      clash(node, 'replicas', [...own(node)], node.id, 'there are too many nodes of that kind'),
    ),
    ...topology.nodes.flatMap((node) => {
      const ports = new Set(node.routes?.flatMap(({ host, port }) => (host === node.host ? port : [])));
      const further = [...ports.difference(own(node))];
      return clash(node, 'routes', further, `a route to ${node.id}`, 'choose another portShift');
    }),
  ];
}

function unplacedCalls(file: TopologyFile, components: Components): SchemaProblem[] {
  const all = placements(file);
  const placed = new Set(all.map(({ component }) => component));
  return [...placed].flatMap((name) =>
    Object.keys(components[name]?.calls ?? {})
      .filter((callee) => !placed.has(callee))
      .map((callee) => ({
        path: all.find(({ component }) => component === name)!.path,
        sentence: `${name} calls ${callee}, which is placed on no node`,
      })),
  );
}

/** Calls must form a directed acyclic graph: in a cycle every node could wait for every other. */
function cycles(file: TopologyFile, components: Components): SchemaProblem[] {
  const done = new Set<string>();
  const problems: SchemaProblem[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      problems.push({
        path: placements(file).find(({ component }) => component === name)?.path ?? '',
        sentence: `the calls form a cycle: ${[...path.slice(path.indexOf(name)), name].join(' -> ')}`,
      });
      return;
    }
    if (done.has(name)) return;
    for (const callee of Object.keys(components[name]?.calls ?? {})) visit(callee, [...path, name]);
    done.add(name);
  };
  for (const name of Object.keys(components)) visit(name, []);
  return problems;
}

/** Each component of each group, with its place in the file. */
function placements(file: TopologyFile) {
  return file.nodes.flatMap((group, g) =>
    group.components.map((component, c) => ({
      path: `nodes.${g}.components.${c}`,
      group: group.name,
      component,
    })),
  );
}

/** The places of names that were named before. */
function repeated(names: readonly string[]): number[] {
  return names.flatMap((name, i) => (names.indexOf(name) < i ? [i] : []));
}
