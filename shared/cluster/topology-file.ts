import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Value } from 'typebox/value';
import { standbyKinds, type StandbyKind } from '../membership/fencing.ts';
import { RpcError } from '../rpc/errors.ts';
import { jsonError } from '../schema/json-error.ts';
import { jsonLines, lineOf } from '../schema/json-lines.ts';
import { repeatedFields } from '../schema/repeated-fields.ts';
import { schemaProblems, type SchemaProblem } from '../schema/problem.ts';
import type { Component } from './component.ts';
import { blockedPorts, defaultPortBase, portAllocator, portSpan } from './ports.ts';
import { type NodeGroup, TopologyFile, type Topology, type TopologyNode, type TopologyRoute } from './topology.ts';
import { topologyProblems } from './topology-check.ts';

export interface LoadOptions {
  readonly portBase?: number;
  /** Every node's host: loopback for processes of one machine, the node's own id where names resolve (containers). */
  readonly hosts?: 'loopback' | 'by-name';
  /** Overrides the setting in the file. */
  readonly tls?: boolean | undefined;
}

/** A topology that cannot run. Each of `problems` is a sentence that names the line of the file, if there is one. */
export class TopologyError extends RpcError {
  readonly problems: readonly string[];

  constructor(name: string, problems: readonly string[]) {
    super('bad_request', `topology ${name}: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** The names of the topologies in `dir`. */
export async function topologyNames(dir: string): Promise<string[]> {
  const files = await readdir(dir);
  return files
    .filter((file) => file.endsWith('.json') && !file.endsWith('.schema.json'))
    .map((file) => file.slice(0, -5))
    .toSorted();
}

/**
 * Reads and checks a topology: `nameOrPath` is a name in `dir` or the path of a JSON file.
 * Throws TopologyError with every problem found.
 */
export async function loadTopology(
  nameOrPath: string,
  dir: string,
  components: Readonly<Record<string, Component>>,
  options: LoadOptions = {},
): Promise<Topology> {
  return parseTopology(await readTopology(nameOrPath, dir), nameOrPath, components, options);
}

/** A path ends in .json or has a folder; anything else is a name. */
export const isTopologyPath = (nameOrPath: string): boolean =>
  nameOrPath.endsWith('.json') || nameOrPath.includes(path.sep);

/** The text of a topology file. `nameOrPath` means the same as in `loadTopology`. */
async function readTopology(nameOrPath: string, dir: string): Promise<string> {
  const isPath = isTopologyPath(nameOrPath);
  const file = isPath ? path.resolve(nameOrPath) : path.join(dir, `${nameOrPath}.json`);
  return readFile(file, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    const known = await topologyNames(dir).catch(() => []);
    throw new TopologyError(nameOrPath, [
      isPath
        ? `cannot read ${nameOrPath} (${error.code === 'ENOENT' ? 'there is no such file' : error.message})`
        : `not known; there are ${known.join(', ')}`,
    ]);
  });
}

/** As `loadTopology`, without the check. A node loads only its own components, so its watchdog checks the file. */
export async function loadCheckedTopology(
  nameOrPath: string,
  dir: string,
  options: LoadOptions = {},
): Promise<Topology> {
  return expandTopology(parseFile(await readTopology(nameOrPath, dir), nameOrPath), options);
}

/** As `loadTopology`, from the text of a file. */
export function parseTopology(
  text: string,
  name: string,
  components: Readonly<Record<string, Component>>,
  options: LoadOptions = {},
): Topology {
  const file = parseFile(text, name);
  const twice = [...repeatedFields(text)];
  if (twice.length > 0) throw new TopologyError(name, twice);
  const topology = expandTopology(file, options);
  const problems = topologyProblems(file, topology, components);
  if (problems.length > 0) throw new TopologyError(name, withLines(jsonLines(text), problems));
  return topology;
}

function parseFile(text: string, name: string): TopologyFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TopologyError(name, [jsonError(text)]);
  }
  // Not compiled: the check runs once, and compiling costs more.
  if (!Value.Check(TopologyFile, value))
    throw new TopologyError(name, withLines(jsonLines(text), schemaProblems(TopologyFile, value)));
  return value;
}

function withLines(lines: ReadonlyMap<string, number>, problems: readonly SchemaProblem[]): readonly string[] {
  return problems.map(({ path: at, sentence }) => `line ${lineOf(lines, at)}: ${sentence}`);
}

/** The replicas of one shard, then its standbys: hot ones first, cold ones last. */
function placesOf({ replicas, standbys = {} }: NodeGroup): (StandbyKind | undefined)[] {
  const spares = standbyKinds.flatMap((kind) => Array.from({ length: standbys[kind] ?? 0 }, () => kind));
  return [...Array.from({ length: replicas }, () => undefined), ...spares];
}

/** Names and addresses every node of the file. */
export function expandTopology(file: TopologyFile, options: LoadOptions = {}): Topology {
  const portBase = options.portBase ?? defaultPortBase;
  if (!Number.isInteger(portBase) || portBase < 1_024 || portBase + portSpan > 65_535)
    throw new TopologyError(file.name, [
      `port base ${portBase}: must be a whole number from 1024 to ${65_535 - portSpan}`,
    ]);
  const tls = options.tls ?? file.tls ?? false;
  const allocate = portAllocator(portBase, tls);
  const nodes: TopologyNode[] = [];
  for (const group of file.nodes) {
    for (let shard = 1; shard <= (group.shards ?? 1); shard++) {
      for (const [i, standby] of placesOf(group).entries()) {
        const replica = i + 1;
        const id = group.shards === undefined ? `${group.name}-${replica}` : `${group.name}-${shard}-${replica}`;
        const host = options.hosts === 'by-name' ? id : '127.0.0.1';
        const sharded = group.components.includes('database');
        const ports = allocate(group.components);
        const blocked = Object.values(ports.doors).find((port) => blockedPorts.has(port));
        if (blocked !== undefined)
          throw new TopologyError(file.name, [
            `port base ${portBase}: ${id} would be at port ${blocked}, which browsers refuse to open; choose ` +
              `another, for example ${portBase + 20}`,
          ]);
        nodes.push({
          id,
          group: group.name,
          components: group.components,
          ...(sharded ? { shard } : {}),
          ...(standby && { standby }),
          ...(!standby && replica > (group.started ?? group.replicas) && { idle: true as const }),
          host,
          ...ports,
          ...(group.routes && { routes: routesOf(group.routes, host, ports.port) }),
        });
      }
    }
  }
  const shards = Math.max(1, ...file.nodes.map((group) => group.shards ?? 1));
  return {
    name: file.name,
    summary: file.summary,
    ...(file.course !== undefined && { course: file.course }),
    style: file.style,
    policy: file.policy ?? 'resilient',
    tls,
    shards,
    watchdogPort: portBase,
    nodes,
  };
}

function routesOf(routes: NonNullable<NodeGroup['routes']>, own: string, port: number): TopologyRoute[] {
  return routes.map(({ host = own, portShift = 0, relayed = false }) => ({ host, port: port + portShift, relayed }));
}
