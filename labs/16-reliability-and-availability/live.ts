import { seededRandom } from '../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { exponential } from '../../shared/time/sim/distribution.ts';
import { callNode } from '../kit/open-load.ts';
import { labPlan } from '../kit/searches.ts';
import { unrepaired } from '../kit/topology.ts';
import type { FaultProof, LabCluster, LabNode, LiveContext } from '../runner/lab.ts';

/** Mean times, and the time of a job, s. */
export interface SystemTimes {
  readonly up: number;
  readonly down: number;
  readonly job: number;
}

const forMs = 60_000;
const probeEveryMs = 10;
/** A call to a server that is down fails at once. */
const patienceMs = 1_000;

/** From `from` to `to`, the server broke every connection, ms from the start. */
interface Outage {
  readonly from: number;
  readonly to: number;
}

interface Probe {
  readonly atMs: number;
  readonly ok: boolean;
}

/** The shares of probes that were answered, and of jobs that were not interrupted. */
export interface Shares {
  readonly availability: number;
  readonly reliability: number;
}

export interface Observed {
  readonly probes: number;
  readonly outages: number;
  readonly measured: Shares;
  /** The same shares, from the times at which the fault was injected and healed. */
  readonly schedule: Shares;
  readonly proof: FaultProof;
}

/** Starts a server for each of the systems. They fail and recover at the same time, each by its own schedule. */
export async function liveSystems(systems: Readonly<Record<string, SystemTimes>>, context: LiveContext) {
  const names = Object.keys(systems);
  const servers = names.map((name) => ({ name, replicas: 1 }));
  const own = await context.cluster(unrepaired(servers));
  const all = await Promise.all(
    own.nodes.map((node) => {
      const name = names.find((each) => node.id.startsWith(each))!;
      return watched(node, systems[name]!, own, context).then((observed) => [name, observed] as const);
    }),
  );
  return Object.fromEntries(all);
}

async function watched(node: LabNode, times: SystemTimes, own: LabCluster, context: LiveContext): Promise<Observed> {
  const { seed, signal, progress } = context;
  const startedAt = performance.now();
  const now = (): number => performance.now() - startedAt;
  const random = seededRandom(`${seed}/${node.id}`);
  const outages: Outage[] = [];
  const proof = { kind: 'net.reset', target: node.id, matched: 0, applied: 0 };

  async function failAndRecover(): Promise<void> {
    for (;;) {
      const upMs = 1_000 * exponential(times.up)(random);
      if (now() + upMs >= forMs) return;
      await sleep(systemScheduler, upMs, signal);
      const heal = await own.inject(node.id, { kind: 'net.reset', params: {}, caller: 'lab' });
      const from = now();
      await sleep(systemScheduler, 1_000 * exponential(times.down)(random), signal);
      const { matched, applied } = await heal();
      outages.push({ from, to: now() });
      proof.matched += matched;
      proof.applied += applied;
    }
  }

  const probes: Promise<Probe>[] = [];
  async function probe(): Promise<void> {
    for (let i = 0; now() < forMs; i++) {
      const atMs = now();
      probes.push(callNode(labPlan(node, i), patienceMs).then(({ ok }) => ({ atMs, ok })));
      if (i % 100 === 0) progress(`probes of ${node.id}`, Math.floor(atMs / 1_000), forMs / 1_000);
      await sleep(systemScheduler, probeEveryMs, signal);
    }
  }

  await Promise.all([failAndRecover(), probe()]);
  const all = await Promise.all(probes);
  const scheduled = all.map(({ atMs }) => ({ atMs, ok: !outages.some(({ from, to }) => atMs >= from && atMs < to) }));
  const jobMs = 1_000 * times.job;
  return {
    probes: all.length,
    outages: outages.length,
    measured: sharesOf(all, jobMs),
    schedule: sharesOf(scheduled, jobMs),
    proof,
  };
}

/** A job begins at each probe that is answered. It is done when all probes until its end are answered, too. */
export function sharesOf(probes: readonly Probe[], jobMs: number): Shares {
  const endMs = probes.at(-1)!.atMs;
  let jobs = 0;
  let done = 0;
  let nextFailureMs = Infinity;
  for (const { atMs, ok } of probes.toReversed()) {
    if (!ok) nextFailureMs = atMs;
    else if (atMs + jobMs <= endMs) {
      jobs++;
      if (nextFailureMs > atMs + jobMs) done++;
    }
  }
  return { availability: probes.filter(({ ok }) => ok).length / probes.length, reliability: done / jobs };
}
