import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { dashboards } from '../grafana/boards/all.ts';
import { targets } from '../grafana/targets.ts';
import { expandTopology, topologyNames } from '../shared/cluster/topology-file.ts';
import { TopologyFile } from '../shared/cluster/topology.ts';
import { composeFile } from './compose.ts';
import { withLayerTables } from './layer-tables.ts';

const root = path.resolve(import.meta.dirname, '..');
const defaultTopology = 'multitier';
const layersReadme = 'shared/rpc/layers/README.md';

/** The committed files that are made from others: path in the repository -> content. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  const readText = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');
  const readJson = async (file: string): Promise<unknown> => JSON.parse(await readText(file));
  const topologyFile = async (name: string) => (await readJson(`topologies/${name}.json`)) as TopologyFile;
  const topology = await topologyFile(defaultTopology);
  const { version } = (await readJson('package.json')) as { version: string };
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Tierlab topology',
    ...TopologyFile,
  };
  const others = (await topologyNames(path.join(root, 'topologies'))).filter((name) => name !== defaultTopology);
  const composed = await Promise.all(
    others.map(async (name) => {
      const file = await topologyFile(name);
      const folder = `topologies/compose/${name}`;
      return [
        [`${folder}/docker-compose.yml`, composeFile(file, version, '../../..')],
        [`${folder}/targets.json`, targets(expandTopology(file, { hosts: 'by-name' }))],
      ] as const;
    }),
  );
  return {
    ...Object.fromEntries(composed.flat()),
    'topologies/topology.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
    'docker-compose.yml': composeFile(topology, version),
    ...Object.fromEntries(
      Object.entries(dashboards).map(([name, make]) => [
        `grafana/dashboards/${name}.json`,
        `${JSON.stringify(make(), null, 2)}\n`,
      ]),
    ),
    'grafana/prometheus/targets/compose.json': targets(expandTopology(topology, { hosts: 'by-name' })),
    'grafana/prometheus/targets/local.json': targets(expandTopology(topology)),
    [layersReadme]: withLayerTables(await readText(layersReadme)),
  };
}
