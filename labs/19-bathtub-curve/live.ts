import { seededRandom } from '../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { check } from '../kit/checks.ts';
import { callNode } from '../kit/open-load.ts';
import { labPlan } from '../kit/searches.ts';
import { unrepaired } from '../kit/topology.ts';
import type { Check, FaultProof, LabCluster, LabNode, LiveContext } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { firstFailure, ratesAddUp, type Shapes } from './model.ts';

const servers = 4;
const machinesPerServer = 50;
/** A year of the live form, ms: a machine lives for about 3.5 years. */
const yearMs = 200;
const probeEveryMs = 10;
/** The next machine comes this long after a failure. */
const replacedAfterMs = 50;
/** The greatest mean delay, in years, with which probes may see a failure: the time of two probes. */
const mostLate = (2 * probeEveryMs) / yearMs;

/** The lifetime of a machine, years: as it was drawn, and as probes saw it. */
export interface MachineLife {
  readonly drawn: number;
  readonly seen: number;
}

interface Observed {
  readonly lives: readonly MachineLife[];
  /** One for each server. */
  readonly proofs: readonly FaultProof[];
}

/**
 * Each server plays one machine after the other. A machine fails when its drawn lifetime ends: from then on the server
 * breaks every connection, until a new machine replaces it.
 */
export async function liveMachines(shapes: Shapes, context: LiveContext): Promise<Observed> {
  const own = await context.cluster(unrepaired([{ name: 'server', replicas: servers }]));
  let failed = 0;
  const onFailure = (): void => context.progress('machines that have failed', ++failed, servers * machinesPerServer);
  const run = { shapes, own, onFailure, ...context };
  const observed = await Promise.all(own.nodes.map((node) => machinesOf(node, run)));
  return { lives: observed.flatMap(({ lives }) => lives), proofs: observed.flatMap(({ proofs }) => proofs) };
}

interface Run extends Pick<LiveContext, 'seed' | 'signal'> {
  readonly shapes: Shapes;
  readonly own: LabCluster;
  readonly onFailure: () => void;
}

async function machinesOf(node: LabNode, { shapes, own, onFailure, seed, signal }: Run): Promise<Observed> {
  const random = seededRandom(`${seed}/${node.id}`);
  const lives: MachineLife[] = [];
  const proof = { kind: 'net.reset', target: node.id, matched: 0, applied: 0 };
  for (let i = 0; i < machinesPerServer; i++) {
    const drawn = firstFailure(random, shapes);
    const bornAt = performance.now();
    const fault = { kind: 'net.reset', params: {}, caller: 'lab', startInMs: drawn * yearMs };
    const heal = await own.inject(node.id, fault);
    lives.push({ drawn, seen: ((await firstUnanswered(node, signal)) - bornAt) / yearMs });
    const { matched, applied } = await heal();
    proof.matched += matched;
    proof.applied += applied;
    onFailure();
    await sleep(systemScheduler, replacedAfterMs, signal);
  }
  return { lives, proofs: [proof] };
}

/** When the first probe was sent that got no answer. */
async function firstUnanswered(node: LabNode, signal: AbortSignal): Promise<number> {
  for (let i = 0; ; i++) {
    const sentAt = performance.now();
    const { ok } = await callNode(labPlan(node, i));
    if (!ok) return sentAt;
    await sleep(systemScheduler, probeEveryMs, signal);
  }
}

/** Probes see each failure when it happens; the share that has failed at each age follows the sum of the rates. */
export function checksOfLives(lives: readonly MachineLife[], shapes: Shapes): readonly Check[] {
  const late = lives.reduce((sum, { drawn, seen }) => sum + seen - drawn, 0) / lives.length;
  const seen = lives.map((life) => life.seen);
  const label = `live: the rate of ${lives.length} machines is the sum of the three rates`;
  return [
    check(
      'live: machines fail when their drawn lifetimes end',
      Math.abs(late) <= mostLate,
      `${digits(late)} years later, on average; a year is ${yearMs} ms`,
    ),
    ...ratesAddUp(seen, shapes, { censored: false, label }),
  ];
}
