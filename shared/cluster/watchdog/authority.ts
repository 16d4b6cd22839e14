import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createAuthority, issueIdentity } from '../../security/certificates.ts';
import type { Scheduler } from '../../time/scheduler.ts';
import type { TopologyNode } from '../topology.ts';
import { makeFolder } from '../../make-folder.ts';

/** Each authority issues for this long. A stolen certificate is accepted for at most twice this time, ms. */
const turnMs = 12 * 3_600_000;

export interface NodeIdentities {
  /** Where the node finds its own identity. */
  readonly fileOf: (node: string) => string;
  /** Stops renewing, and takes keys off the disk. */
  readonly stop: () => void;
}

/**
 * Authorities for one run of a cluster, and identities for each node from them. Every `turnMs` the next authority takes
 * over, and each node gets a new identity from it. Nodes read their files at different moments, so each of them trusts
 * three authorities:
 *
 *      previous   issued the files of nodes that have not read their new file yet
 *      current    issued the newest files
 *      next       issues the next files, which other nodes may read sooner than this node
 *
 * The authorities' keys stay in this process: nothing on the disk can issue certificates. Each node gets its own file,
 * readable by this user only.
 */
export async function createNodeIdentities(
  dir: string,
  nodes: readonly TopologyNode[],
  scheduler: Scheduler,
): Promise<NodeIdentities> {
  let created = 0;
  const create = () => createAuthority(`tierlab authority ${++created}`);
  let [current, next] = await Promise.all([create(), create()]);
  let previous = current;
  const fileOf = (node: string): string => path.join(dir, `${node}.json`);
  rmSync(dir, { recursive: true, force: true });
  makeFolder(dir, 0o700);

  async function issueAll(): Promise<void> {
    const trusted = [...new Set([previous, current, next].map(({ cert }) => cert))];
    const write = async ({ id, host }: TopologyNode) => {
      const identity = await issueIdentity(current, id, [host, 'localhost', '127.0.0.1', '::1'], trusted);
      const draft = `${fileOf(id)}.draft`;
      writeFileSync(draft, JSON.stringify(identity), { mode: 0o600 });
      renameSync(draft, fileOf(id));
    };
    await Promise.all(nodes.map(write));
  }

  async function turn(): Promise<void> {
    [previous, current, next] = [current, next, await create()];
    await issueAll();
  }

  await issueAll();
  // On a full disk the old identities stay. Nodes accept them until the turn after the next.
  const renewal = scheduler.every(turnMs, () => void turn().catch(() => undefined));
  return {
    fileOf,
    stop() {
      renewal.cancel();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
