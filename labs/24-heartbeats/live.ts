import { thresholds } from '../../services/monitor/thresholds.ts';
import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { diagnosesOf, notWell, untilWell } from '../kit/diagnoses.ts';
import { nodesOf } from '../kit/nodes.ts';
import type { FaultProof, LiveContext } from '../runner/lab.ts';

const rounds = 6;
const crashesPerRound = 3;
/** A crashed node stays down for longer than any detector needs. */
const downMs = 4_000;
const lossyMs = 45_000;
/** Phi learns the loss of a link from its gaps. */
const learningMs = 15_000;
const pollMs = 50;

const topology = {
  style: 'layered',
  nodes: [
    { name: 'monitor', components: ['monitor'], replicas: 2 },
    { name: 'server', components: ['query', 'database'], replicas: 1 },
    { name: 'ranking', components: ['ranking'], replicas: 6 },
  ],
};

export interface LiveDetection {
  readonly crashes: number;
  /** From each crash until the fixed detector called the node dead, ms; and until phi called it dead. */
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
  const monitors = nodesOf(own, 'monitor');
  // The three ranking nodes of the default topology are too few victims. So html nodes, which send the same heartbeats,
  // are victims, too.
  const victims = [...nodesOf(own, 'ranking'), ...nodesOf(own, 'html')];
  for (const { id } of monitors) await own.policy(id, { fixedDetector: { deadAfterMs } });
  const random = seededRandom(`${seed}/crashes`);
  const pause = (ms: number) => sleep(systemScheduler, ms, signal);
  const byAllMonitors = async () => (await Promise.all(monitors.map((monitor) => diagnosesOf(monitor, signal)))).flat();
  const allAreWell = () =>
    untilWell(async () => {
      const all = await byAllMonitors();
      const dead = all.find(({ fixed }) => fixed?.dead !== false);
      return notWell(all) ?? (dead && `the fixed detector does not see ${dead.node}`);
    }, signal);

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
      const { id } = victims[(round * crashesPerRound + i) % victims.length]!;
      heals.push(await own.inject(id, { kind: 'stop.kill', params: { downMs } }));
      crashed.set(id, systemClock.wall());
    }
    const last = Math.max(...crashed.values());
    const byPhi = new Map<string, number>();
    const byFixed = new Map<string, number>();
    // The detector stamps a death with the wall clock.
    while (systemClock.wall() < last + downMs - 500) {
      for (const { node, phi, fixed } of await diagnosesOf(monitors[0]!, signal)) {
        const at = crashed.get(node);
        if (at === undefined) continue;
        if (phi >= thresholds.phi && !byPhi.has(node)) byPhi.set(node, systemClock.wall() - at);
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
  for (const { id } of victims) {
    // No caller may send a lost heartbeat again. A restart has brought the policy of the topology back.
    await own.policy(id, { base: 'naive' });
    drops.push(
      await own.inject(id, {
        kind: 'net.drop',
        params: {},
        probability: loss,
        operation: 'monitor.heartbeat',
        direction: 'request',
      }),
    );
  }
  const deaths = async (): Promise<number> =>
    (await byAllMonitors())
      .filter(({ node }) => victims.some(({ id }) => id === node))
      .reduce((sum, { fixed }) => sum + (fixed?.deaths ?? 0), 0);
  await pause(learningMs);
  const before = await deaths();
  const startedAt = performance.now();
  let phiAlarms = 0;
  const doubted = new Set<string>();
  while (performance.now() - startedAt < lossyMs) {
    for (const [i, monitor] of monitors.entries())
      for (const { node, phi } of await diagnosesOf(monitor, signal)) {
        const link = `${i} ${node}`;
        if (phi < thresholds.phi) doubted.delete(link);
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
  const links = monitors.length * victims.length;
  return {
    crashes: rounds * crashesPerRound,
    fixedMs,
    phiMs,
    fixedAlarms,
    phiAlarms,
    linkHours: (links * tookMs) / 3_600_000,
    beats: Math.round((links * tookMs) / heartbeatIntervalMs),
    proofs,
  };
}
