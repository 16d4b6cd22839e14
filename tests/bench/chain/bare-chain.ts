import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Identity } from '../../../shared/security/certificates.ts';
import type { Recording } from './recording.ts';

export interface BareChain {
  readonly url: string;
  readonly stop: () => void;
}

/**
 * Starts the seven processes of the bare chain, from the last tier to the first. With `identity` they use mutual TLS.
 */
export async function startBareChain(recording: Recording, dir: string, identity?: Identity): Promise<BareChain> {
  const file = path.join(dir, 'recording.json');
  writeFileSync(file, JSON.stringify(recording));
  const identityFile = identity ? path.join(dir, 'bare-identity.json') : '';
  if (identity) writeFileSync(identityFile, JSON.stringify(identity), { mode: 0o600 });
  const children: ChildProcess[] = [];
  async function start(message: string, peers: readonly string[] = []): Promise<string> {
    const args = [file, message, peers.join(','), identityFile];
    const child = fork(fileURLToPath(new URL('bare-node.ts', import.meta.url)), args);
    children.push(child);
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return `${message}=${port}`;
  }
  const tiers = ['query.plan', 'database.find1', 'database.find2', 'ranking.rank', 'html.results'];
  const below: string[] = [];
  for (const tier of tiers) below.push(await start(tier));
  const gateway = await start('gateway', [await start('app.search', below)]);
  return {
    url: `http://127.0.0.1:${gateway.split('=')[1]}/search`,
    stop() {
      for (const child of children) child.kill();
    },
  };
}
