import { callNode } from '../kit/open-load.ts';
import { labQuery } from '../kit/pages.ts';
import type { FaultProof, LiveContext } from '../runner/lab.ts';

const users = 2_000;
const lanes = 4;
/** A share that a few thousand users can count. */
export const liveDown = 0.5;

export interface Asked {
  readonly users: number;
  /** Users whom no server answered. */
  readonly unlucky: number;
  /** For each server: the calls that it got, and those that met it while it was down. */
  readonly proofs: readonly FaultProof[];
}

/** Each server breaks the connection of a call with probability `liveDown`. A user asks one after the other. */
export async function liveServers(
  servers: number,
  { cluster, signal, progress }: Pick<LiveContext, 'cluster' | 'signal' | 'progress'>,
): Promise<Asked> {
  const own = await cluster({
    name: 'lab-20',
    style: 'object-based',
    policy: 'naive',
    // Without a monitor: it would repair servers that fail so often.
    nodes: [{ name: 'server', components: ['query', 'database'], replicas: servers }],
  });
  const heal = await Promise.all(
    own.nodes.map(({ id }) => own.inject(id, { kind: 'net.reset', params: {}, probability: liveDown, caller: 'lab' })),
  );
  let asked = 0;
  let unlucky = 0;
  async function ask(i: number): Promise<boolean> {
    for (const node of own.nodes) {
      const request = { q: labQuery(i) };
      const { ok } = await callNode({ node, component: 'query', operation: 'plan', request });
      if (ok) return true;
    }
    return false;
  }
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (asked < users) {
        signal.throwIfAborted();
        const i = asked++;
        if (!(await ask(i))) unlucky++;
        if (i % 50 === 0) progress('users who ask one server after the other', i, users);
      }
    }),
  );
  return { users, unlucky, proofs: await Promise.all(heal.map((each) => each())) };
}
