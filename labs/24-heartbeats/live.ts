import { seededRandom } from '../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { LabUnknownError } from '../runner/errors.ts';
import type { FaultProof, LabNode, LiveContext } from '../runner/lab.ts';

const rounds = 6;
const crashesPerRound = 3;
/** A crashed node stays down for longer than any detector needs. */
const downMs = 4_000;
const lossyMs = 45_000;
/** Phi learns the loss of a link from its gaps. */
const learningMs = 15_000;
const wellBoundMs = 30_000;
const pollMs = 50;
const suspicious = 8;

const topology = {
  name: 'lab-24',
  style: 'layered',
  policy: 'naive',
  nodes: [
    { name: 'monitor', components: ['monitor'], replicas: 2 },
    { name: 'server', components: ['query', 'database'], replicas: 1 },
    { name: 'ranking', components: ['ranking'], replicas: 6 },
  ],
};

interface Diagnosis {
  readonly node: string;
  readonly verdict: string;
  readonly suspected: boolean;
  readonly phi: number;
  /** Absent until the monitor has looked once since the detector was switched on. */
  readonly fixed?: { readonly dead: boolean; readonly deaths: number; readonly deadAt?: number };
}

export interface LiveDetection {
  /** From each crash until the fixed detector called the node dead, ms; and until phi reached 8. */
  readonly fixedMs: readonly number[];
  readonly phiMs: readonly number[];
  /** Of all links from a node to a monitor, while heartbeats are lost. */
  readonly fixedAlarms: number;
  readonly phiAlarms: number;
  readonly linkHours: number;
  readonly beats: number;
  readonly proofs: readonly FaultProof[];
}

/** The fixed detector of the monitors beside phi: crashes first, then lossy links to nodes that are well. */
export async function liveDetection(
  { deadAfterMs, loss }: { readonly deadAfterMs: number; readonly loss: number },
  { cluster, seed, signal, progress }: LiveContext,
): Promise<LiveDetection> {
  const own = await cluster(topology);
  const monitors = own.nodes.filter(({ components }) => components.includes('monitor'));
  const rankings = own.nodes.filter(({ components }) => components.includes('ranking'));
  for (const { id } of monitors) await own.policy(id, { fixedDetector: { deadAfterMs } });
  const random = seededRandom(`${seed}/crashes`);
  const pause = (ms: number) => sleep(systemScheduler, ms, signal);
  const diagnoses = async ({ publicPort }: LabNode): Promise<readonly Diagnosis[]> => {
    const response = await fetch(`http://127.0.0.1:${publicPort}/api/diagnoses`, { signal });
    return ((await response.json()) as { nodes: readonly Diagnosis[] }).nodes;
  };
  const allAreWell = async (): Promise<void> => {
    for (let waitedMs = 0; ; waitedMs += 250) {
      const all = (await Promise.all(monitors.map(diagnoses))).flat();
      if (all.every(({ verdict, suspected, fixed }) => verdict === 'healthy' && !suspected && fixed?.dead === false))
        return;
      if (waitedMs > wellBoundMs) throw new LabUnknownError('a node does not come back', 'run the lab again');
      await pause(250);
    }
  };

  const fixedMs: number[] = [];
  const phiMs: number[] = [];
  const proofs: FaultProof[] = [];
  for (let round = 0; round < rounds; round++) {
    await allAreWell();
    // Phi learns the rhythm of a new process from its first heartbeats.
    await pause(2_000);
    const crashed = new Map<string, number>();
    const heals: (() => Promise<FaultProof>)[] = [];
    for (let i = 0; i < crashesPerRound; i++) {
      await pause(700 * random.next());
      const { id } = rankings[(round * crashesPerRound + i) % rankings.length]!;
      heals.push(await own.inject(id, { kind: 'stop.kill', params: { downMs } }));
      crashed.set(id, Date.now());
    }
    const last = Math.max(...crashed.values());
    const byPhi = new Map<string, number>();
    const byFixed = new Map<string, number>();
    while (Date.now() < last + downMs - 500) {
      for (const { node, phi, fixed } of await diagnoses(monitors[0]!)) {
        const at = crashed.get(node);
        if (at === undefined) continue;
        if (phi >= suspicious && !byPhi.has(node)) byPhi.set(node, Date.now() - at);
        if (fixed?.dead && !byFixed.has(node)) byFixed.set(node, fixed.deadAt! - at);
      }
      await pause(pollMs);
    }
    fixedMs.push(...byFixed.values());
    phiMs.push(...byPhi.values());
    for (const heal of heals) proofs.push(await heal());
    progress('crashes', round + 1, rounds);
  }

  await allAreWell();
  await pause(5_000);
  const drops: (() => Promise<FaultProof>)[] = [];
  for (const { id } of rankings)
    drops.push(
      await own.inject(id, {
        kind: 'net.drop',
        params: {},
        probability: loss,
        operation: 'monitor.heartbeat',
        direction: 'request',
      }),
    );
  const deaths = async (): Promise<number> =>
    (await Promise.all(monitors.map(diagnoses)))
      .flat()
      .filter(({ node }) => rankings.some(({ id }) => id === node))
      .reduce((sum, { fixed }) => sum + (fixed?.deaths ?? 0), 0);
  await pause(learningMs);
  const before = await deaths();
  const startedAt = performance.now();
  let phiAlarms = 0;
  const doubted = new Set<string>();
  while (performance.now() - startedAt < lossyMs) {
    for (const [i, monitor] of monitors.entries())
      for (const { node, phi } of await diagnoses(monitor)) {
        const link = `${i} ${node}`;
        if (phi < suspicious) doubted.delete(link);
        else if (!doubted.has(link)) {
          doubted.add(link);
          phiAlarms++;
        }
      }
    progress('lossy links', performance.now() - startedAt, lossyMs);
    await pause(200);
  }
  const fixedAlarms = (await deaths()) - before;
  const tookMs = performance.now() - startedAt;
  for (const heal of drops) proofs.push(await heal());
  const links = monitors.length * rankings.length;
  return {
    fixedMs,
    phiMs,
    fixedAlarms,
    phiAlarms,
    linkHours: (links * tookMs) / 3_600_000,
    beats: Math.round((links * tookMs) / 500),
    proofs,
  };
}
