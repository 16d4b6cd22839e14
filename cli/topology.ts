import { loadComponents } from '../services/registry.ts';
import type { Topology } from '../shared/cluster/topology.ts';
import { loadTopology, TopologyError, type LoadOptions } from '../shared/cluster/topology-file.ts';
import { UsageError } from './errors.ts';
import { topologiesDir } from './paths.ts';

/** A topology by name or path, every problem of it told to the user. */
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
