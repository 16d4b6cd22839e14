import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Topology } from '../../shared/cluster/topology.ts';
import { secretsIn } from '../../shared/observe/redact.ts';
import { keyringEnvironment } from '../../shared/security/keyring.ts';
import { identitySecret, operatorTokenFrom } from '../../shared/security/node-keys.ts';
import { allRunFiles } from '../run-file.ts';

/** Every secret of the data folder and of this environment, as text. No key is made where there is none. */
export function knownSecrets(dataDir: string, topology: Topology): readonly string[] {
  const files = ['identity', 'keys'].flatMap((name) => keyFiles(path.join(dataDir, name)));
  const keys = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8').trim();
    const bytes = Buffer.from(text, 'hex');
    return [text, bytes.toString('base64'), bytes.toString('base64url')];
  });
  return [
    ...keys,
    ...(files.length === 2 ? derivedSecrets(dataDir, topology) : []),
    ...allRunFiles(dataDir).flatMap(({ token }) => token ?? []),
    ...secretsIn(process.env),
  ];
}

/** The keys that the watchdog gives to the nodes. Those for heartbeats are replaced at each restart. */
function derivedSecrets(dataDir: string, { nodes }: Topology): readonly string[] {
  const environmentOf = keyringEnvironment(dataDir, nodes);
  return [operatorTokenFrom(identitySecret(dataDir)), ...nodes.flatMap((node) => secretsIn(environmentOf(node, 1)))];
}

const keyFiles = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => name.endsWith('.key'))
        .map((name) => path.join(dir, name))
    : [];
