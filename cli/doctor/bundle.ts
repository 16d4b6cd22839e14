import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { Topology } from '../../shared/cluster/topology.ts';
import { createRedactor } from '../../shared/observe/redact.ts';
import { version } from '../../shared/version.ts';
import { askNodes } from '../ask-nodes.ts';
import { UsageError } from '../errors.ts';
import { readEnd } from '../logs/read-end.ts';
import { runDir } from '../run-file.ts';
import { askPort } from '../watchdog-client.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { knownSecrets } from './secrets.ts';

/** The end of each log or journal that is packed, bytes. */
const bytesPerFile = 512 * 1024;
const maxFiles = 200;
/** A node that limps must not delay the bundle, ms. */
const stateTimeoutMs = 2_000;

interface Entry {
  readonly name: string;
  readonly text: string;
}

/** Packs findings, versions, states and logs into `file`, without secrets. Only the owner of the file may read it. */
export async function writeBundle(
  file: string,
  facts: Facts,
  topology: Topology,
  findings: readonly Finding[],
): Promise<void> {
  const { dataDir, portBase } = facts.place;
  const redact = createRedactor(knownSecrets(dataDir, topology));
  const json = (name: string, value: unknown): Entry => ({ name, text: `${JSON.stringify(value, null, 2)}\n` });
  const entries = [
    json('findings.json', findings),
    json('versions.json', versions()),
    json('environment.json', settings(facts.environment)),
    json('topology.json', topology),
    json('cluster.json', facts.running?.cluster ?? 'no cluster is running'),
    ...(await nodeStates(facts)).map(([node, state]) => json(`states/${node}.json`, state)),
    ...filesOf(runDir(dataDir, portBase)),
  ];
  const mtime = new Date(facts.now);
  const archive = await packTar(
    entries.map(({ name, text }) => {
      const body = redact(text);
      return { header: { name: `tierlab-doctor/${name}`, size: Buffer.byteLength(body), mode: 0o600, mtime }, body };
    }),
  );
  try {
    writeFileSync(file, gzipSync(archive), { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`the bundle cannot be written to ${file}: ${(error as Error).message}`);
  }
}

const versions = () => ({
  tierlab: version,
  node: process.versions,
  system: `${process.platform} ${release()} ${process.arch}`,
  processors: cpus().length,
  memoryBytes: totalmem(),
});

/** Only variables that change how Tierlab runs. */
const isSetting = (name: string): boolean => /^(TIERLAB_|NODE_|UV_|npm_config_proxy|.*_proxy$|NO_COLOR$)/i.test(name);

const settings = (environment: Facts['environment']) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => isSetting(name)));

/** What each ready node says of itself. */
async function nodeStates({ running }: Facts): Promise<readonly (readonly [node: string, state: unknown])[]> {
  const nodes = running?.cluster.answered ? running.cluster.nodes.filter(({ state }) => state === 'ready') : [];
  const { answers, failures } = await askNodes(nodes, ({ host, opsPort }) =>
    askPort({ host, port: opsPort }, '/admin/state', { timeoutMs: stateTimeoutMs }),
  );
  return [...answers, ...[...failures].map(([node, failure]) => [node, { failure }] as const)];
}

/** The ends of logs, journals and incident logs of a cluster. Its run file and its certificates stay where they are. */
function filesOf(dir: string): readonly Entry[] {
  if (!existsSync(dir)) return [];
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(log|jsonl)$/.test(name) && statSync(path.join(dir, name)).isFile())
    .toSorted()
    .slice(0, maxFiles);
  return names.map((name) => {
    const { lines, cut } = readEnd(path.join(dir, name), bytesPerFile);
    const text = [...(cut ? ['... older lines are left out'] : []), ...lines, ''].join('\n');
    return { name: name.split(path.sep).join('/'), text };
  });
}
