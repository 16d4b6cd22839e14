import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeFile } from '../../../scripts/compose.ts';
import { generatedFiles } from '../../../scripts/generated.ts';
import { version } from '../../../shared/version.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const files = await generatedFiles();

test.each(Object.keys(files))('%s is as npm run generate makes it', (file) => {
  expect(readFileSync(path.join(root, file), 'utf8')).toBe(files[file]);
});

test('the version that nodes and the command report is that of the package', () => {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  expect(version).toBe(manifest.version);
});

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly cap_add?: readonly string[];
  readonly mem_limit?: string;
  readonly mem_reservation?: string;
  readonly build?: string;
  readonly hostname?: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: unknown;
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}
const compose = parse(files['docker-compose.yml']!, { merge: true }) as { services: Record<string, Service> };
const services = Object.entries(compose.services);

test('every node of the topology is a service that is named like it', () => {
  const nodes = services.filter(([, service]) => service.command?.[0] === 'node');
  expect(nodes).toHaveLength(21);
  for (const [name, service] of nodes) {
    expect(service.hostname).toBe(name);
    expect(service.command).toEqual(['node', name, '--topology', 'multitier']);
  }
});

test('the memory that the machine must have is within the published budget, and every container has a limit', () => {
  const megabytes = (text: string | undefined): number => Number(/^(\d+)m$/.exec(text ?? '')?.[1]);
  const nodes = services.filter(([, service]) => service.command?.[0] === 'node');
  const core = nodes.reduce((sum, [, service]) => sum + megabytes(service.mem_reservation), 0);
  const observers = ['prometheus', 'grafana'].map((name) => megabytes(compose.services[name]!.mem_reservation));
  const all = observers.reduce((sum, mb) => sum + mb, core);
  expect(core).toBeLessThanOrEqual(1_536);
  expect(all).toBeLessThanOrEqual(2_560);
  const text = readFileSync(path.join(root, 'grafana/README.md'), 'utf8');
  expect(text).toContain(`${core.toLocaleString('en')} MB for the 21 nodes`);
  expect(text).toContain(`${all.toLocaleString('en')} MB with Prometheus and Grafana`);
  for (const [name, service] of services)
    expect([name, service.mem_limit]).toEqual([name, expect.stringMatching(/^\d+[mg]$/)]);
});

test('a checkout that only its owner can read works: containers that mount it pass over the modes of files', () => {
  const mounting = services.filter(([, service]) => service.volumes?.some((volume) => volume.startsWith('./')));
  expect(mounting.map(([name]) => name)).toEqual(['prometheus', 'grafana']);
  for (const [, service] of mounting) expect([service.user, service.cap_add]).toEqual(['root', ['DAC_OVERRIDE']]);
  // CRLF: git is told to keep line ends as they are in the repository.
  expect(readFileSync(path.join(root, '.gitattributes'), 'utf8')).toContain('* text=auto eol=lf');
});

test('ports are published on this machine only', () => {
  const published = services.flatMap(([, service]) => service.ports ?? []);
  expect(published.length).toBeGreaterThanOrEqual(6);
  expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('the labs have a container on request only: bounded, on loopback, with the rights of an operator', () => {
  const { labs } = compose.services;
  expect(labs).toMatchObject({
    profiles: ['labs'],
    entrypoint: ['node', 'labs/main.ts'],
    mem_limit: '1536m',
    ports: ['127.0.0.1:${LABS_PORT:-8095}:8095'],
    volumes: ['labs:/labs', 'identity:/data/identity:ro'],
  });
  // A lab starts clusters of its own, which must not look for their nodes in other containers.
  expect(labs!.environment).toEqual({
    TIERLAB_LABS_HOME: '/labs',
    TIERLAB_CLUSTER_HOST: 'control-1',
    TIERLAB_OPERATOR_TOKEN: '${TIERLAB_OPERATOR_TOKEN:-}',
  });
  // Everything that the labs import is in the image.
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
  const ignored = readFileSync(path.join(root, '.dockerignore'), 'utf8');
  for (const folder of ['labs', 'cli', 'corpus', 'loadgen', 'search', 'services', 'shared', 'web']) {
    expect(dockerfile).toContain(`COPY --from=build /app/${folder} ./${folder}\n`);
    expect(ignored).toContain(`!${folder}\n`);
  }
});

test('images are pinned, and only one service builds', () => {
  for (const [, service] of services) expect(service.image).toMatch(/:v?\d+(\.\d+)+$/);
  // two services that build the same tag collide where builds run in parallel
  expect(services.filter(([, service]) => service.build !== undefined).map(([name]) => name)).toEqual(['dataset']);
});

test('database nodes read the data set and cannot write it', () => {
  const holders = services
    .filter(([, service]) => service.volumes?.some((volume) => volume.startsWith('datasets:')))
    .map(([name]) => name);
  expect(holders.filter((name) => name !== 'dataset')).toHaveLength(6);
  for (const [name, service] of services) {
    if (name.startsWith('database'))
      expect(service.volumes).toEqual([
        'datasets:/data/datasets:ro',
        'identity:/data/identity:ro',
        'incarnations:/data/incarnations',
      ]);
    const seesKey = service.volumes?.some((volume) => volume.startsWith('keys:')) ?? false;
    expect([name, seesKey]).toEqual([name, name === 'dataset' || name.startsWith('app-')]);
  }
});

test('only who gives orders gets the operator token; all others can just recognise it', () => {
  const tierlab = services.filter(([name, { image }]) => image.startsWith('tierlab:') && name !== 'labs');
  const holders = tierlab.filter(([, { environment }]) => environment?.TIERLAB_OPERATOR_TOKEN !== undefined);
  expect(holders.map(([name]) => name)).toEqual(['monitor-1', 'monitor-2', 'control-1']);
  for (const [, { environment }] of tierlab)
    expect(environment).toMatchObject({
      TIERLAB_HOSTS: 'by-name',
      TIERLAB_OPERATOR_DIGEST: '${TIERLAB_OPERATOR_DIGEST:-}',
    });
});

test.each(Object.keys(files).filter((file) => file.startsWith('topologies/compose/') && file.endsWith('.yml')))(
  '%s starts every node of its topology, and publishes each port at a variable of its own',
  (file) => {
    const { services: all } = parse(files[file]!, { merge: true }) as { services: Record<string, Service> };
    const nodes = Object.entries(all).filter(([, { command }]) => command?.[0] === 'node');
    const name = path.basename(path.dirname(file));
    for (const [id, { command }] of nodes) expect(command).toEqual(['node', id, '--topology', name]);
    const targets = JSON.parse(files[file.replace('docker-compose.yml', 'targets.json')]!) as {
      labels: { node: string };
    }[];
    expect(targets.map(({ labels }) => labels.node)).toEqual(nodes.map(([id]) => id));
    const variables = Object.values(all).flatMap(({ ports = [] }) => ports.map((port) => port.split(/[{:]/)[2]));
    expect(variables.length).toBeGreaterThanOrEqual(5);
    expect(new Set(variables).size).toBe(variables.length);
    expect(existsSync(path.resolve(root, path.dirname(file), all.dataset!.build!, 'Dockerfile'))).toBe(true);
  },
);

test('another topology gives other services', () => {
  const text = composeFile(
    {
      name: 'pair',
      summary: 'two nodes',
      style: 'layered',
      nodes: [
        { name: 'monitor', components: ['monitor'], replicas: 1 },
        { name: 'database', components: ['database'], replicas: 1, shards: 3 },
      ],
    },
    '1.2.3',
  );
  const { services: other } = parse(text, { merge: true }) as { services: Record<string, Service> };
  expect(Object.keys(other)).toEqual([
    'dataset',
    'monitor-1',
    'database-1-1',
    'database-2-1',
    'database-3-1',
    'labs',
    'prometheus',
    'grafana',
    'jaeger',
  ]);
  expect(other.dataset).toMatchObject({ image: 'tierlab:1.2.3', command: ['dataset', '--shards', '3'] });
});
