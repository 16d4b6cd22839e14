import path from 'node:path';
import { loadComponents } from '../services/registry.ts';
import type { Topology } from '../shared/cluster/topology.ts';
import { isTopologyPath, loadTopology, TopologyError, type LoadOptions } from '../shared/cluster/topology-file.ts';
import { UsageError } from './errors.ts';
import { topologiesDir } from './paths.ts';

/** The same topology for a command that starts in another folder: a name stays as it is, a path becomes absolute. */
export const topologySource = (nameOrPath: string): string =>
  isTopologyPath(nameOrPath) ? path.resolve(nameOrPath) : nameOrPath;

/** Loads a topology by name or path. Throws UsageError with all problems of the topology. */
export async function topologyOf(name: string, options: LoadOptions): Promise<Topology> {
  try {
    return await loadTopology(name, topologiesDir, await loadComponents(), options);
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    throw new UsageError(
      `topology ${name} cannot run:\n${error.problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}
