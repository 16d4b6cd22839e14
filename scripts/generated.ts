import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { homeDashboard } from '../grafana/home.ts';
import { targets } from '../grafana/targets.ts';
import { expand } from '../shared/cluster/topology-file.ts';
import { TopologyFile } from '../shared/cluster/topology.ts';
import { composeFile } from './compose.ts';
import { withLayerTables } from './layer-tables.ts';

const root = path.resolve(import.meta.dirname, '..');
const topologyName = 'multitier';
const layersReadme = 'shared/rpc/layers/README.md';

/** The committed files that are made from others: path in the repository -> content. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  const readText = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');
  const readJson = async (file: string): Promise<unknown> => JSON.parse(await readText(file));
  const topology = (await readJson(`topologies/${topologyName}.json`)) as TopologyFile;
  const { version } = (await readJson('package.json')) as { version: string };
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Tierlab topology',
    ...TopologyFile,
  };
  return {
    'topologies/topology.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
    'docker-compose.yml': composeFile(topology, version),
    'grafana/dashboards/home.json': `${JSON.stringify(homeDashboard(), null, 2)}\n`,
    'grafana/prometheus/targets/compose.json': targets(expand(topology, { hosts: 'by-name' })),
    'grafana/prometheus/targets/local.json': targets(expand(topology)),
    [layersReadme]: withLayerTables(await readText(layersReadme)),
  };
}
