import { callNode, inLanes } from '../kit/open-load.ts';
import { labPlan } from '../kit/searches.ts';
import { unrepaired } from '../kit/topology.ts';
import type { FaultProof, LiveContext } from '../runner/lab.ts';

const users = 2_000;
const lanes = 4;
/** A share that a few thousand users can count. */
export const liveDown = 0.5;

export interface AskedServers {
  readonly users: number;
  /** Users whom no server answered. */
  readonly unlucky: number;
  /** For each server: the calls that it got, and those that met it while it was down. */
  readonly proofs: readonly FaultProof[];
}

/**
 * Each server breaks the connection of a call with probability `liveDown`. A user asks one server after the other,
 * until a server answers.
 */
export async function liveServers(
  servers: number,
  { cluster, signal, progress }: Pick<LiveContext, 'cluster' | 'signal' | 'progress'>,
): Promise<AskedServers> {
  const own = await cluster(unrepaired([{ name: 'server', replicas: servers }]));
  const heal = await Promise.all(
    own.nodes.map(({ id }) => own.inject(id, { kind: 'net.reset', params: {}, probability: liveDown, caller: 'lab' })),
  );
  let unlucky = 0;
  async function ask(i: number): Promise<void> {
    if (i % 50 === 0) progress('users who ask one server after the other', i, users);
    for (const node of own.nodes) if ((await callNode(labPlan(node, i))).ok) return;
    unlucky++;
  }
  await inLanes({ n: users, lanes, task: ask, signal });
  return { users, unlucky, proofs: await Promise.all(heal.map((each) => each())) };
}
