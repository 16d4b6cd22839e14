import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Identity } from '../../../shared/security/certificates.ts';
import { forked } from '../forked.ts';
import { messages, type Message, type NodeArguments } from './chain-node.ts';
import type { Recording } from './recording.ts';

/** Seven running processes of plain node:http and undici, in the shape of one search. */
export interface Chain extends Disposable {
  readonly url: string;
  readonly pids: readonly number[];
}

/** A chain that carries the recorded messages of a search and does no work: the lower limit of any system. */
export async function startBareChain(recording: Recording, dir: string, identity?: Identity): Promise<Chain> {
  const from = path.join(dir, 'recording.json');
  writeFileSync(from, JSON.stringify(recording));
  return startChain('bare-node.ts', from, dir, identity);
}

/**
 * A chain that does the work of the application by calling the same functions, without any middleware. So the
 * difference to our cluster is the cost of the middleware.
 */
export async function startSameWorkChain(datasetDir: string, dir: string, identity?: Identity): Promise<Chain> {
  return startChain('same-work-node.ts', datasetDir, dir, identity);
}

/** Starts the processes from the last tier to the first. With `identity` they use mutual TLS. */
async function startChain(program: string, from: string, dir: string, identity?: Identity): Promise<Chain> {
  const identityFile = identity && path.join(dir, 'chain-identity.json');
  if (identityFile !== undefined) writeFileSync(identityFile, JSON.stringify(identity), { mode: 0o600 });
  const children: ChildProcess[] = [];
  const ports: Partial<Record<Message, number>> = {};
  for (const message of messages) {
    const node: NodeArguments = { message, ports, from, ...(identityFile !== undefined && { identityFile }) };
    const started = await forked<number>(new URL(program, import.meta.url), [JSON.stringify(node)]);
    children.push(started.child);
    ports[message] = started.message;
  }
  return {
    url: `http://127.0.0.1:${ports.gateway}`,
    pids: children.map(({ pid }) => pid!),
    [Symbol.dispose]() {
      for (const child of children) child.kill();
    },
  };
}
