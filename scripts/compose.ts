import { Document, isScalar, visit, YAMLMap } from 'yaml';
import { expandTopology } from '../shared/cluster/topology-file.ts';
import { readsPages } from '../shared/security/keyring.ts';
import { hostsOrderer } from '../shared/security/operator.ts';
import type { Topology, TopologyFile, TopologyNode } from '../shared/cluster/topology.ts';
import { observers, published } from './compose-observers.ts';

/**
 * Makes docker-compose.yml from a topology. There is one service per node; its container is the machine of the node,
 * and its host name is the node's id. Further services are Prometheus, Grafana, and one that builds the data set into a
 * volume and ends. `root` is the path from the folder of the compose file to the root of the repository.
 */
export function composeFile(file: TopologyFile, version: string, root = '.'): string {
  const topology = expandTopology(file, { hosts: 'by-name' });
  const document = new Document({}, { merge: true });
  const anchored = (name: string, map: YAMLMap): YAMLMap => {
    map.anchor = name;
    return map;
  };
  const inherit = (anchor: YAMLMap, own: Record<string, unknown>): YAMLMap => {
    const map = new YAMLMap();
    map.add(document.createPair('<<', document.createAlias(anchor)));
    for (const [key, value] of Object.entries(own)) map.add(document.createPair(key, value));
    return map;
  };
  const environment = anchored(
    'environment',
    document.createNode({
      TIERLAB_HOSTS: 'by-name',
      TIERLAB_DATA: '/data',
      // Nodes accept faults, and orders from other machines, only where these are set.
      TIERLAB_CHAOS: '${TIERLAB_CHAOS:-0}',
      TIERLAB_OPERATOR_DIGEST: '${TIERLAB_OPERATOR_DIGEST:-}',
      // Where traces go. With --profile jaeger, Jaeger is at http://jaeger:4318.
      TIERLAB_OTLP_URL: '${TIERLAB_OTLP_URL:-}',
    }),
  );
  const tierlab = anchored(
    'tierlab',
    document.createNode({
      image: `tierlab:${version}`,
      // The service "dataset" builds the image. No registry has it.
      pull_policy: 'never',
      read_only: true,
      tmpfs: ['/tmp', '/data:uid=1000,gid=1000,mode=0755'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      environment,
      stop_grace_period: '15s',
    }),
  );
  const node = anchored(
    'node',
    inherit(tierlab, {
      depends_on: { dataset: { condition: 'service_completed_successfully' } },
      restart: 'unless-stopped',
    }),
  );
  // Checks are rare, because each one starts a process. No service waits for the first check.
  const health = anchored(
    'health',
    document.createNode({ interval: '30s', timeout: '5s', retries: 3, start_period: '60s' }),
  );
  const nodeService = (it: TopologyNode): YAMLMap =>
    inherit(node, {
      hostname: it.id,
      command: ['node', it.id, '--topology', topology.name],
      ...memoryOf(it.components),
      healthcheck: inherit(health, { test: ['CMD', 'scripts/container-ready', String(it.opsPort)] }),
      ...(Object.keys(it.doors).length > 0 ? { ports: publishedDoors(it) } : {}),
      ...(hostsOrderer(it) && {
        environment: inherit(environment, { TIERLAB_OPERATOR_TOKEN: '${TIERLAB_OPERATOR_TOKEN:-}' }),
      }),
      volumes: volumesOf(it),
    });

  const contents = {
    'x-tierlab': tierlab,
    'x-node': node,
    'x-health': health,
    services: {
      dataset: inherit(tierlab, {
        build: root,
        mem_limit: '1g',
        command: ['dataset', '--shards', String(topology.shards)],
        volumes: ['datasets:/data/datasets', 'keys:/data/keys', 'identity:/data/identity'],
      }),
      ...Object.fromEntries(topology.nodes.map((it) => [it.id, nodeService(it)])),
      ...loadService(topology, (own) => inherit(tierlab, own)),
      labs: inherit(tierlab, labsService(topology)),
      ...observers(root),
    },
    volumes: { datasets: {}, keys: {}, identity: {}, incarnations: {}, labs: {}, prometheus: {}, grafana: {} },
  };
  document.contents = document.createNode(contents);
  layOut(document);
  document.commentBefore = [
    ` Topology "${topology.name}": one service per node.`,
    ` Made from topologies/${topology.name}.json by npm run generate.`,
    ' Ports are published on this machine only; <SERVICE>_PORT moves one, such as CLIENT_1_PORT=8081.',
  ].join('\n');
  return document
    .toString({ lineWidth: 0, flowCollectionPadding: false })
    .replaceAll(/^ +$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .replace('services:\n\n', 'services:\n');
}

/**
 * The memory of a container with this component, MB, its watchdog included: measured while the default topology
 * answered 20 pages a second, and rounded up to a multiple of 8. grafana/README.md says how, and publishes the sum.
 */
const measuredMb: Readonly<Record<string, number>> = {
  database: 80,
  app: 72,
  client: 72,
  console: 64,
  gateway: 72,
  monitor: 72,
  query: 72,
  html: 56,
  ranking: 56,
};
const usualMb = 56;
/** The memory of each further component in the same container, measured at the control node and the single server. */
const furtherMb = 4;

/**
 * The machine must have the reserved memory. The limit stops a process that leaks memory before the machine suffers. It
 * is more than twice the highest peak of any container; all peaks were at the start.
 */
function memoryOf(components: readonly string[]) {
  const mb = Math.max(...components.map((name) => measuredMb[name] ?? usualMb)) + furtherMb * (components.length - 1);
  return { mem_reservation: `${mb}m`, mem_limit: `${Math.max(256, 4 * mb)}m` };
}

/** A run of the load generator, only with --profile load. Prometheus looks for its metrics at load:8700. */
function loadService(topology: Topology, service: (own: Record<string, unknown>) => YAMLMap): Record<string, YAMLMap> {
  const target = topology.nodes.find(({ doors }) => doors.client !== undefined);
  if (!target) return {};
  const url = `http://${target.id}:${target.doors.client}/search?q=dog`;
  const command = ['load', url, '-R', '${LOAD_RATE:-20/s}', '-d', '${LOAD_TIME:-10m}', '--allow-host', target.id];
  return { load: service({ hostname: 'load', profiles: ['load'], mem_limit: '256m', command }) };
}

/**
 * The labs in the browser, only with `docker compose up labs`. The clusters of the labs are processes of this one
 * container, at ports that only it has. It needs the image, which "dataset" builds, but no data set. With `--attach`, a
 * lab uses the containers of the cluster: it derives their token from their secret, as their watchdogs do.
 */
const labsService = ({ nodes }: Topology) => ({
  hostname: 'labs',
  profiles: ['labs'],
  depends_on: { dataset: { condition: 'service_completed_successfully' } },
  entrypoint: ['node', 'labs/main.ts'],
  command: ['serve', '--host', '0.0.0.0', '--published-port', '${LABS_PORT:-8095}'],
  mem_limit: '1536m',
  environment: {
    TIERLAB_LABS_HOME: '/labs',
    TIERLAB_CLUSTER_HOST: (nodes.find(({ components }) => components.includes('chaos')) ?? nodes[0]!).id,
    TIERLAB_OPERATOR_TOKEN: '${TIERLAB_OPERATOR_TOKEN:-}',
  },
  // A lab stops its cluster first.
  stop_grace_period: '40s',
  ports: [published('labs', 8_095)],
  // Progress, reports and hand-ins outlive the container.
  volumes: ['labs:/labs', 'identity:/data/identity:ro'],
});

/** Only containers that need a key get it. A container that holds data never sees the key that signs pages. */
const volumesOf = (node: TopologyNode): string[] => [
  ...(node.components.includes('database') ? ['datasets:/data/datasets:ro'] : []),
  ...(readsPages(node) ? ['keys:/data/keys:ro'] : []),
  'identity:/data/identity:ro',
  // The incarnation grows with each restart of the container, so it must outlive the container.
  'incarnations:/data/incarnations',
];

/** Short lists on one line, and a blank line before each service, because people read the file. */
function layOut(document: Document): void {
  visit(document, {
    Seq(_, list) {
      list.flow = list.toString().length < 100 && list.items.every((item) => isScalar(item));
    },
    Pair(_, pair, ancestors) {
      const depth = ancestors.filter((ancestor) => ancestor instanceof YAMLMap).length;
      if (isScalar(pair.key) && (depth === 1 || (depth === 2 && isService(pair.value)))) pair.key.spaceBefore = true;
    },
  });
}

const isService = (value: unknown): boolean => value instanceof YAMLMap && (value.has('command') || value.has('image'));

/** Each public port has a variable of its own, so that each can be changed. */
function publishedDoors({ id, doors }: TopologyNode): string[] {
  const all = Object.entries(doors);
  return all.map(([component, port]) => published(all.length === 1 ? id : `${id}-${component}`, port));
}
