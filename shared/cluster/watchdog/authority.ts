import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createAuthority, issueIdentity } from '../../security/certificates.ts';
import type { Clock } from '../../time/clock.ts';
import type { Scheduler } from '../../time/scheduler.ts';
import type { TopologyNode } from '../topology.ts';

/** A certificate that leaks is worth something for this long; it is renewed at half of it, ms. */
const lifeMs = 24 * 3_600_000;
/** The authority lives as long as the run: ten years stand for "never". */
const authorityLifeMs = 10 * 365 * 24 * 3_600_000;

export interface NodeIdentities {
  /** Where the node finds its own identity. */
  readonly fileOf: (node: string) => string;
  /** Stops renewing, and takes keys off the disk. */
  readonly stop: () => void;
}

/**
 * One authority per run of a cluster, made when the watchdog starts, and an identity for each node from it. The authority's key stays in
 * this process: nothing on the disk can issue certificates. Each node gets its own file, readable by this user only.
 */
export async function createNodeIdentities(
  dir: string,
  nodes: readonly TopologyNode[],
  { clock, scheduler }: { clock: Clock; scheduler: Scheduler },
): Promise<NodeIdentities> {
  const authority = await createAuthority(`tierlab run ${clock.wall()}`, clock.wall(), authorityLifeMs);
  const fileOf = (node: string): string => path.join(dir, `${node}.json`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });

  async function issueAll(): Promise<void> {
    const write = async ({ id, host }: TopologyNode) => {
      const identity = await issueIdentity(
        authority,
        id,
        [host, 'localhost', '127.0.0.1', '::1'],
        clock.wall(),
        lifeMs,
      );
      const draft = `${fileOf(id)}.draft`;
      writeFileSync(draft, JSON.stringify(identity), { mode: 0o600 });
      renameSync(draft, fileOf(id));
    };
    await Promise.all(nodes.map(write));
  }

  await issueAll();
  const renewal = scheduler.every(lifeMs / 2, () => void issueAll().catch(() => undefined));
  return {
    fileOf,
    stop() {
      renewal.cancel();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
