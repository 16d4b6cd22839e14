import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createAuthority, issueIdentity } from '../../security/certificates.ts';
import type { Scheduler } from '../../time/scheduler.ts';
import type { TopologyNode } from '../topology.ts';
import { makeFolder } from '../../make-folder.ts';

/**
 * The time in ms for which each authority issues identities. Each node reads its file again every 15 min
 * (identity-source.ts). So a stolen certificate is accepted for at most twice `turnMs`, plus 15 min. But on a full
 * disk, a node may keep its old file. Such a node accepts the certificate for longer.
 */
const turnMs = 12 * 3_600_000;

export interface NodeIdentities {
  /** Where the node finds its own identity. */
  readonly fileOf: (node: string) => string;
  /** Stops renewing, and takes keys off the disk. */
  readonly stop: () => void;
}

/**
 * Authorities for one run of a cluster, and the identities that they issue to the nodes. Every `turnMs` the next
 * authority takes over, and issues a new identity to each node. Nodes read their files at different moments, so each
 * node trusts three authorities:
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
  // On a full disk, some nodes may keep their old identities. Nodes with new identities accept old identities until the
  // next turn.
  const renewal = scheduler.every(turnMs, () => void turn().catch(() => undefined));
  return {
    fileOf,
    stop() {
      renewal.cancel();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
