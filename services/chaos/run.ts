import { RpcError } from '../../shared/rpc/errors.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { sleep, type Scheduler } from '../../shared/time/scheduler.ts';
import type { Controller } from './controller.ts';
import { planExperiment, type Experiment } from './experiment.ts';
import type { Journal } from './journal.ts';
import type { Target } from './select.ts';
import { broken, type SteadyMeter, type SteadyState } from './steady.ts';

/**
 * `refused`: the cluster was not steady before. `aborted`: a limit was exceeded. `failed`: a hypothesis did not hold.
 */
export type ExperimentVerdict = 'passed' | 'failed' | 'refused' | 'aborted';

export interface ExperimentReport {
  readonly experiment: string;
  readonly seed: number;
  readonly verdict: ExperimentVerdict;
  readonly reasons: readonly string[];
  readonly injections: number;
  readonly before: SteadyState;
  readonly during?: SteadyState;
  readonly after?: SteadyState;
  /** From the last healing until the hypothesis held again, ms. */
  readonly recoveryMs?: number;
}

interface RunOptions {
  readonly controller: Controller;
  readonly nodes: readonly Target[];
  readonly meter: SteadyMeter;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly signal: AbortSignal;
}

const pollMs = 100;

/**
 * Checks the steady state, injects the planned faults, heals everything, and waits until the cluster is steady again.
 */
export async function runExperiment(experiment: Experiment, options: RunOptions): Promise<ExperimentReport> {
  const { controller, nodes, meter, journal, clock, scheduler, signal } = options;
  const { name, seed, steadyState, abortIf } = experiment;
  const plan = planExperiment(experiment, nodes);
  const reasons: string[] = [];
  let injections = 0;
  const note = (verdict: string) =>
    journal.note({ event: 'experiment', id: name, kind: verdict, target: '*', seed, reasons });

  /** Calls `check` every `pollMs` until it returns true or `untilMs` has come. Returns whether it was true. */
  async function until(untilMs: number, check: () => boolean): Promise<boolean> {
    while (!check()) {
      if (clock.now() >= untilMs) return false;
      await sleep(scheduler, Math.min(pollMs, Math.max(1, untilMs - clock.now())), signal);
    }
    return true;
  }

  const release = meter.hold();
  let phase = meter.phase();
  try {
    await sleep(scheduler, steadyState.watchMs, signal);
    const before = phase.end();
    const unsteady = broken(before, steadyState.before);
    if (unsteady !== undefined) {
      reasons.push(`before: ${unsteady}`);
      note('refused');
      return { experiment: name, seed, verdict: 'refused', reasons, injections, before };
    }

    note('begun');
    phase = meter.phase();
    const begunAt = clock.now();
    const haltsBefore = controller.halts();
    const aborted = () => controller.halts() > haltsBefore;
    for (const injection of plan) {
      const dueAt = begunAt + injection.at;
      await until(dueAt, () => aborted() || clock.now() >= dueAt);
      if (aborted()) break;
      try {
        await controller.carryOut(injection, abortIf);
        injections++;
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        reasons.push(`${injection.id}: ${error.message}`);
      }
    }
    const lastMs = Math.max(clock.now(), ...controller.list().map(({ endsAt }) => endsAt));
    // The effects of a very short fault last longer than the fault.
    const leastMs = clock.now() + steadyState.watchMs;
    await until(Math.max(lastMs + pollMs, leastMs), () => controller.list().length === 0 && clock.now() >= leastMs);
    const during = phase.end();
    for (const { id } of plan) await controller.heal(id);

    const healedAt = clock.now();
    const lookBack = () => Math.max(healedAt, clock.now() - steadyState.watchMs);
    const steadyAgain = await until(
      healedAt + steadyState.watchMs + steadyState.recoverMs,
      () =>
        broken(meter.state(lookBack()), steadyState.after) === undefined &&
        clock.now() - healedAt >= steadyState.watchMs,
    );
    const after = meter.state(lookBack());
    if (!steadyAgain) reasons.push(`after: ${broken(after, steadyState.after)}`);
    const unsteadyDuring = steadyState.during && broken(during, steadyState.during);
    if (unsteadyDuring !== undefined) reasons.push(`during: ${unsteadyDuring}`);
    if (injections === 0) reasons.push('nothing was injected');
    const verdict = aborted() ? 'aborted' : reasons.length > 0 ? 'failed' : 'passed';
    note(verdict);
    const recovery = steadyAgain ? { recoveryMs: clock.now() - healedAt - steadyState.watchMs } : {};
    return { experiment: name, seed, verdict, reasons, injections, before, during, after, ...recovery };
  } finally {
    for (const { id } of plan) await controller.heal(id);
    phase.drop();
    release();
  }
}
