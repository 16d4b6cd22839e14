import { lifeOf, type Bathtub } from '../../../services/chaos/bathtub/lives.ts';
import type { Run } from '../../../services/chaos/experiments.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { CommandError } from '../../errors.ts';
import { fetchStatus } from '../../watchdog-client.ts';
import { askController, type Connection } from '../connection.ts';
import { resultOf, type BathtubResult } from './model.ts';
import { createLifeWatch } from './watch.ts';

export interface LiveOptions {
  readonly bathtub: Bathtub;
  readonly components: readonly string[];
  readonly seed: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
  readonly onFailure: (failures: number, atMs: number) => void;
}

const lookEveryMs = 40;
const name = 'bathtub';

/** Failing is the point: nothing is promised while it lasts, and only a dead cluster stops it. */
const lenient = { errorShareBelow: 0.2, p99BelowMs: 5_000 };

function experimentOf({ bathtub, components, seed, durationMs }: LiveOptions): object {
  return {
    name,
    summary: 'Processes live and die by the bathtub curve',
    seed,
    durationMs,
    steadyState: { before: lenient, after: lenient },
    abortIf: { errorShareAbove: 1, p99AboveMs: 60_000 },
    // One seed for all: each victim's life is drawn from it and the victim's name.
    faults: components.map((component) => ({
      when: { bathtub },
      fault: { kind: 'stop.kill', target: { component }, seed, ttlMs: 2_000, beyondTolerance: true },
    })),
  };
}

/** Kills and restarts real processes by their drawn lives, and watches what becomes of them. */
export async function runLive(connection: Connection, options: LiveOptions): Promise<BathtubResult> {
  const { bathtub, components, seed, durationMs, signal, onFailure } = options;
  const victims = connection.nodes.filter((node) => components.some((it) => node.components.includes(it))).map(({ id }) => id);
  if (victims.length === 0) throw new CommandError(`no node hosts ${components.join(' or ')}`);
  const watches = new Map(
    victims.map((victim) => {
      const { failures } = lifeOf(bathtub, `${seed} ${victim}`, durationMs);
      return [victim, createLifeWatch((n) => failures[n]?.replaced ?? false)] as const;
    }),
  );
  await askController(connection, 'POST', '/experiments', experimentOf(options));
  try {
    await untilBegun(connection, signal);
    const startedAt = systemClock.now();
    const restartsBefore = await restarts(connection.portBase, victims);
    let failures = 0;
    while (systemClock.now() - startedAt < durationMs && !signal.aborted) {
      const { nodes } = await fetchStatus(connection.portBase);
      const atMs = systemClock.now() - startedAt;
      for (const { id, pid, state } of nodes) watches.get(id)?.see({ atMs, pid, ready: state === 'ready' });
      const now = nodes.filter(({ id }) => watches.has(id)).reduce((sum, node) => sum + node.restarts, 0) - restartsBefore;
      if (now > failures) onFailure((failures = now), atMs);
      await sleep(systemScheduler, lookEveryMs);
    }
    const endedMs = systemClock.now() - startedAt;
    const spells = [...watches.values()].flatMap((watch) => watch.stop(endedMs));
    return resultOf('live', victims.length, spells, bathtub);
  } finally {
    await askController(connection, 'POST', '/halt', { reason: 'the bathtub is over' }).catch(() => undefined);
  }
}

async function restarts(portBase: number, victims: readonly string[]): Promise<number> {
  const { nodes } = await fetchStatus(portBase);
  return nodes.filter(({ id }) => victims.includes(id)).reduce((sum, node) => sum + node.restarts, 0);
}

/** The experiment first looks whether the cluster is steady; the lives begin when it says so in its journal. */
async function untilBegun(connection: Connection, signal: AbortSignal): Promise<void> {
  const since = systemClock.wall();
  for (;;) {
    if (signal.aborted) throw new CommandError('stopped before it began');
    const run = (await askController(connection, 'GET', `/experiments/${name}`)) as Run;
    if (run.state === 'failed') throw new CommandError(run.reason);
    if (run.state === 'done') throw new CommandError(`the controller ${run.report.verdict} it: ${run.report.reasons.join('; ')}`);
    const journal = (await askController(connection, 'GET', '/journal?count=5')) as {
      at: number;
      event: string;
      id: string;
      kind: string;
    }[];
    if (
      journal.some(
        (entry) => entry.event === 'experiment' && entry.id === name && entry.kind === 'begun' && entry.at > since - 1_000,
      )
    )
      return;
    await sleep(systemScheduler, lookEveryMs);
  }
}
