import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Compile } from 'typebox/compile';
import { RpcError } from '../rpc/errors.ts';
import type { Component } from './component.ts';
import { defaultPortBase, portAllocator, portSpan } from './ports.ts';
import { TopologyFile, type Topology, type TopologyNode } from './topology.ts';
import { topologyProblems } from './topology-check.ts';

export interface LoadOptions {
  readonly portBase?: number;
  /** Every node's host: loopback for processes of one machine, the node's own id where names resolve (containers). */
  readonly hosts?: 'loopback' | 'by-name';
}

/** A topology that cannot run; `problems` are sentences, one each. */
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
  return files.filter((file) => file.endsWith('.json') && !file.endsWith('.schema.json')).map((file) => file.slice(0, -5));
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
  const isPath = nameOrPath.endsWith('.json') || nameOrPath.includes(path.sep);
  const file = isPath ? path.resolve(nameOrPath) : path.join(dir, `${nameOrPath}.json`);
  const text = await readFile(file, 'utf8').catch(async () => {
    const known = await topologyNames(dir).catch(() => []);
    throw new TopologyError(nameOrPath, [isPath ? `cannot read ${nameOrPath}` : `not known; there are ${known.join(', ')}`]);
  });
  return parseTopology(text, nameOrPath, components, options);
}

/** As `loadTopology`, from the text of a file. */
export function parseTopology(
  text: string,
  name: string,
  components: Readonly<Record<string, Component>>,
  options: LoadOptions = {},
): Topology {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TopologyError(name, [`not JSON: ${(error as Error).message}`]);
  }
  const schema = Compile(TopologyFile);
  if (!schema.Check(value)) {
    const problems = [...schema.Errors(value)].slice(0, 5);
    throw new TopologyError(
      name,
      problems.map((p) => `${p.instancePath.slice(1).replaceAll('/', '.') || 'the file'} ${p.message}`),
    );
  }
  const topology = expand(value, options);
  const problems = topologyProblems(value, topology, components);
  if (problems.length > 0) throw new TopologyError(name, problems);
  return topology;
}

/** Names and addresses every node of the file. */
export function expand(file: TopologyFile, options: LoadOptions = {}): Topology {
  const portBase = options.portBase ?? defaultPortBase;
  if (!Number.isInteger(portBase) || portBase < 1_024 || portBase + portSpan > 65_535)
    throw new TopologyError(file.name, [`port base ${portBase}: must be a whole number from 1024 to ${65_535 - portSpan}`]);
  const allocate = portAllocator(portBase);
  const nodes: TopologyNode[] = [];
  for (const group of file.nodes) {
    for (let shard = 1; shard <= (group.shards ?? 1); shard++) {
      for (let replica = 1; replica <= group.replicas; replica++) {
        const id = group.shards === undefined ? `${group.name}-${replica}` : `${group.name}-${shard}-${replica}`;
        const host = options.hosts === 'by-name' ? id : '127.0.0.1';
        const sharded = group.components.includes('database');
        nodes.push({
          id,
          group: group.name,
          components: group.components,
          ...(sharded ? { shard } : {}),
          host,
          ...allocate(group.components),
        });
      }
    }
  }
  const shards = Math.max(1, ...file.nodes.map((group) => group.shards ?? 1));
  return {
    name: file.name,
    summary: file.summary,
    style: file.style,
    policy: file.policy ?? 'resilient',
    shards,
    watchdogPort: portBase,
    nodes,
  };
}
