import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expandTopology, type LoadOptions } from '../../shared/cluster/topology-file.ts';
import type { NodeGroup, TopologyFile } from '../../shared/cluster/topology.ts';

const madeFile = (nodes: readonly NodeGroup[], more: Partial<TopologyFile>): TopologyFile => ({
  name: 'made',
  summary: 'a test',
  style: 'object-based',
  nodes: [...nodes],
  ...more,
});

/** A topology of these groups of nodes. `more`: other members of its file. */
export const madeTopology = (
  nodes: readonly NodeGroup[],
  more: Partial<TopologyFile> = {},
  options: LoadOptions = {},
) => expandTopology(madeFile(nodes, more), options);

/** Writes the file of a topology of these groups of nodes into `folder`, and returns its path. */
export function topologyFile(
  folder: string,
  name: string,
  nodes: readonly NodeGroup[],
  more: Partial<TopologyFile> = {},
): string {
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(madeFile(nodes, { name, ...more }), null, 2));
  return file;
}
