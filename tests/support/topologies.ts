import { loadComponents } from '../../services/registry.ts';
import { loadTopology, type LoadOptions } from '../../shared/cluster/topology-file.ts';

export const topologiesFolder = new URL('../../topologies/', import.meta.url).pathname;
export const components = await loadComponents();

/** A topology of the project. */
export const topologyNamed = (name: string, options: LoadOptions = {}) =>
  loadTopology(name, topologiesFolder, components, options);
