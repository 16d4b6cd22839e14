import type { StandbyKind } from '../../shared/membership/fencing.ts';
import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../kit/simulated-cluster.ts';

const service = 'ranking';
const active = `${service}-1`;
const standby = `${service}-2`;
const user = 'app-1';
/** The time between two requests of the user, and the time that the user waits for an answer, ms. */
const everyMs = 20;
const patienceMs = 15;
/** After this time (ms), the monitor knows the rhythm of the heartbeats. */
const warmUpMs = 6_000;
/** The time (ms) from the end of loading until the user knows that the node serves. */
const settleMs = 2_000;
const giveUpMs = 60_000;

interface Times {
  /** From the start of a process to its first heartbeat, ms. */
  readonly startMs: number;
  /** The time to load the data, ms. */
  readonly loadMs: number;
}

/** One monitor, one active node, its standby, and a user. */
async function clusterWith(seed: string, kind: StandbyKind, times: Times, phase: number): Promise<SimulatedCluster> {
  const cluster = createSimulatedCluster(
    seed,
    [
      { name: 'monitor', components: ['monitor'], replicas: 1 },
      { name: service, components: [service], replicas: 1, standbys: { [kind]: 1 } },
      { name: 'app', components: ['app'], replicas: 1 },
    ],
    { ...times, staggerMs: heartbeatIntervalMs },
  );
  await cluster.sim.run(Math.max(warmUpMs, times.loadMs + settleMs) + heartbeatIntervalMs * phase);
  return cluster;
}

const at = (ms: number): string => (ms / 1_000).toFixed(2);

export interface Outage {
  /** From the loss of the active node to the first call that is served again, ms. */
  readonly downMs: number;
  readonly timeline: readonly string[];
}

export interface Loss extends Times {
  /** The moment of the loss within a heartbeat interval, from 0 to 1. */
  readonly phase: number;
  readonly seed: string;
  readonly kind: StandbyKind;
  /** The machine is gone, and the process cannot be started there again. */
  readonly isGone: boolean;
}

/** The active node is lost. The user asks every node that its view calls alive. */
export async function outage({ seed, kind, phase, isGone, ...times }: Loss): Promise<Outage> {
  const cluster = await clusterWith(seed, kind, times, phase);
  const { sim } = cluster;
  const lostAt = sim.clock.now();
  const linesBefore = cluster.log.length;
  cluster.kill(active, { held: isGone });
  const answers: { readonly atMs: number; readonly by: string }[] = [];
  const asking = sim.scheduler.every(everyMs, () => {
    const atMs = sim.clock.now();
    for (const { node, state } of cluster.viewOf(user)?.members ?? [])
      if (node.startsWith(service) && state === 'alive')
        void cluster.call(user, node, { timeoutMs: patienceMs }).then((ok) => {
          if (ok) answers.push({ atMs, by: node });
        });
  });
  while (answers.length === 0 && sim.clock.now() < lostAt + giveUpMs) await sim.run(sim.clock.now() + everyMs);
  asking.cancel();
  const [served] = answers;
  return {
    downMs: (served?.atMs ?? sim.clock.now()) - lostAt,
    timeline: [
      `${at(lostAt)} the ${isGone ? 'machine' : 'process'} of ${active} is gone`,
      ...cluster.log.slice(linesBefore),
      served === undefined ? `${at(sim.clock.now())} nobody serves` : `${at(served.atMs)} ${served.by} serves`,
    ],
  };
}

/** How long both nodes are watched after the pause, ms. */
export const watchedMs = 5_000;
/** The machine pauses for so long that its standby is promoted, ms. */
const pauseMs = 12_000;

export interface TwoActive {
  readonly promoted: boolean;
  /** How often the user asked both after the pause, and for how long both served, ms. */
  readonly asked: number;
  readonly bothMs: number;
  readonly timeline: readonly string[];
}

export interface Pause extends Times {
  readonly seed: string;
  readonly fenced: boolean;
}

/**
 * The machine of the active node pauses, and with it the node and its watchdog. The machine wakes up after the standby
 * was promoted. The old active node knows nothing of the promotion. A user with an old list of addresses asks both
 * nodes.
 */
export async function twoActive({ seed, fenced, ...times }: Pause): Promise<TwoActive> {
  const cluster = await clusterWith(seed, 'hot', times, 0);
  const { sim } = cluster;
  const pausedAt = sim.clock.now();
  const linesBefore = cluster.log.length;
  cluster.pauseMachine(active, pauseMs);
  await sim.run(pausedAt + pauseMs);
  const lines = [`${at(pausedAt)} the machine of ${active} pauses`, ...cluster.log.slice(linesBefore)];
  const promoted = (cluster.monitors.get('monitor-1')?.roles.promotions() ?? []).some(({ node }) => node === standby);
  lines.push(`${at(sim.clock.now())} it runs again`);
  let asked = 0;
  let both = 0;
  const asking = sim.scheduler.every(everyMs, () => {
    const ask = (node: string) => cluster.call(user, node, { timeoutMs: patienceMs, fenced });
    asked++;
    void Promise.all([ask(active), ask(standby)]).then(([one, other]) => {
      if (one && other) both++;
    });
  });
  await sim.run(sim.clock.now() + watchedMs + everyMs - 1);
  asking.cancel();
  await sim.run(sim.clock.now() + everyMs);
  lines.push(`${at(sim.clock.now())} both served for ${at(both * everyMs)} s`);
  return { promoted, asked, bothMs: both * everyMs, timeline: lines };
}
