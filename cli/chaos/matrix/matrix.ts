import { systemClock } from '../../../shared/time/clock.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { faultsAt } from '../../../services/chaos/control-port.ts';
import { fetchStatus } from '../../watchdog-client.ts';
import { askController, type ChaosConnection } from '../connection.ts';
import type { Case, Others } from './cases.ts';
import { detected, nobodyAvoids, quiet, type Detection } from './detection.ts';
import type { UserAnswers, Seen } from './user-answers.ts';
import type { MatrixNode, Questions } from './questions.ts';
import { meet, type Victim } from './victim.ts';

/** One row of the matrix. `effect` was measured at the victim; `users` = the answers of the public API meanwhile. */
export interface MatrixRow {
  readonly kind: string;
  readonly victim: string;
  readonly applied: boolean;
  readonly effect: string;
  readonly detectedAs: string | null;
  readonly detectionMs: number | null;
  readonly masked: boolean;
  readonly healed: boolean;
  readonly users: Seen;
}

export interface MatrixOptions {
  readonly connection: ChaosConnection;
  readonly questions: Questions;
  readonly userAnswers: UserAnswers;
  /** The time that the cluster has to diagnose a fault, ms; 0 = the fault ends as soon as its effect was measured. */
  readonly detectionWaitMs: number;
}

const ttlMs = 60_000;
const appliedWithinMs = 12_000;
const healedWithinMs = 30_000;
/** How long the run waits for a better verdict, because a first one may change with more evidence. */
const settleWithinMs = 4_000;
/** How long the cluster may take to recover from the last fault. */
const quietWithinMs = 45_000;
const pollMs = 100;
/** A longer pause, because each look reads all metrics of all nodes. */
const avoidedPollMs = 1_000;

/** Measures the effect of one kind of fault on a running cluster. */
export async function runCase(it: Case, turn: number, options: MatrixOptions): Promise<MatrixRow> {
  const { connection, userAnswers, detectionWaitMs } = options;
  const { nodes } = connection;
  const hosts = nodes.filter(({ components }) => components.includes(it.component));
  // A topology with one shard has no shard 2: then the shard does not matter.
  const shard = hosts.filter((host) => it.shard !== undefined && host.shard === it.shard);
  const node = shard.length > 0 ? shard[turn % shard.length]! : hosts[turn % hosts.length]!;
  const callers = nodes
    .filter(({ id, components }) => id !== node.id && components.includes('app'))
    .map(({ id }) => id);
  const others: Others = {
    caller: callers[0] ?? 'nobody',
    callers,
    nodes: nodes.filter(({ id }) => id !== node.id).map(({ id }) => id),
  };
  const effect = it.effect(node.id, others);
  const monitors = nodes.filter(({ components }) => components.includes('monitor'));
  if (detectionWaitMs > 0) {
    const group = (shard.length > 0 ? shard : hosts).map(({ id }) => id);
    await within(quietWithinMs, async () => (await quiet(monitors, node.id)) || undefined);
    await within(quietWithinMs, async () => (await nobodyAvoids(group, connection.ports)) || undefined, avoidedPollMs);
  }
  const victim = await within(healedWithinMs, () => meetVictim(it, node, options));
  const nothing = {
    kind: it.kind,
    victim: node.id,
    applied: false,
    detectedAs: null,
    detectionMs: null,
    masked: false,
    healed: false,
  };
  if (!victim) return { ...nothing, effect: 'it does not answer before the fault', users: userAnswers.since() };

  userAnswers.since();
  const { at: injectedAt } = await fetchStatus(connection.portBase);
  const id = `matrix-${it.kind}-${injectedAt.toString(36)}`;
  const request = {
    id,
    kind: it.kind,
    target: node.id,
    ttlMs,
    seed: it.seed?.(id, others) ?? 7,
    params: it.params(node.id, others),
    beyondTolerance: true,
  };
  await askController(connection, 'POST', '/faults', request);
  const seen = await within(appliedWithinMs, () => effect(victim));
  const detection = await settledDetection(() => detected(monitors, node.id, injectedAt), detectionWaitMs);
  const users = userAnswers.since();
  await askController(connection, 'DELETE', `/faults/${id}`);
  const healed = await within(healedWithinMs, () => isWell(victim, it));
  return {
    kind: it.kind,
    victim: node.id,
    applied: seen !== undefined,
    effect: seen ?? 'nothing was seen',
    detectedAs: detection?.detectedAs ?? null,
    detectionMs: detection?.detectionMs ?? null,
    masked: users.failed === 0 && users.wrong === 0,
    healed: healed === true,
    users,
  };
}

function meetVictim(it: Case, node: MatrixNode, { questions, connection }: MatrixOptions): Promise<Victim | undefined> {
  return meet(node, questions.of(it.question ?? it.component, node.shard), connection.ports, connection.token);
}

/** True if the answer is right and as fast as before, and the clock is right again. */
async function isWell(victim: Victim, it: Case): Promise<true | undefined> {
  const outcome = await victim.ask();
  const tooLateMs = Math.max(150, victim.usualMs * 4);
  if (!victim.isTrue(outcome) || outcome.tookMs > tooLateMs) return undefined;
  return (await stillBroken(victim, it.kind)) ? undefined : true;
}

/** True if any part of the fault is still in effect at its target. */
async function stillBroken(victim: Victim, kind: string): Promise<boolean> {
  const lists = await Promise.all([victim.opsPort, victim.watchdog].map((port) => faultsAt(port, victim.token)));
  const offMs = Math.abs((lists[0]!.wallMs ?? Date.now()) - Date.now());
  const active = lists
    .flatMap((list) => list.active)
    .some(({ fault }) => fault.kind === kind && fault.target === victim.node.id);
  return active || offMs > 5_000;
}

/** The verdict on which the cluster acted; if it did not act, the last verdict. */
async function settledDetection(
  look: () => Promise<Detection | undefined>,
  waitMs: number,
): Promise<Detection | undefined> {
  let last = await within(waitMs, look);
  if (!last || last.settled) return last;
  await within(settleWithinMs, async () => {
    last = (await look()) ?? last;
    return last?.settled || undefined;
  });
  return last;
}

/** Asks until an answer is not undefined, for at most `ms`, and at least once. */
async function within<T>(ms: number, attempt: () => Promise<T | undefined>, everyMs = pollMs): Promise<T | undefined> {
  const until = systemClock.now() + ms;
  for (;;) {
    const value = await attempt().catch(() => undefined);
    if (value !== undefined || systemClock.now() >= until) return value;
    await sleep(systemScheduler, everyMs);
  }
}
