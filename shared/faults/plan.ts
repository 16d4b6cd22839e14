import type { Scheduler, Timer } from '../time/scheduler.ts';

/** What a watchdog can do to a process that it started; each is idempotent, and none fails when the process is gone. */
export type ProcessAction =
  | { readonly do: 'kill' }
  /** No restart, by anybody, until `release`: the machine is down. */
  | { readonly do: 'hold' }
  | { readonly do: 'release' }
  /** Deletes what the node keeps on disk; only while it is not running. */
  | { readonly do: 'wipe' }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** Waits until the process serves again; not for ever. */
  | { readonly do: 'settle' }
  /** Starts a second process of the same identity, and stops it again. */
  | { readonly do: 'twin' }
  | { readonly do: 'untwin' };

export interface PlanStep {
  readonly atMs: number;
  readonly action: ProcessAction;
}

/** Steps of one round, how often and how far apart the rounds come, and what undoes all of it at any moment. */
export interface Plan {
  readonly steps: readonly PlanStep[];
  readonly rounds: number;
  readonly periodMs: number;
  readonly undo: readonly ProcessAction[];
  /** Its steps undo themselves: once this is done, too, after the last of them, nothing is left of the fault. */
  readonly restored?: ProcessAction;
}

/** How a watchdog carries out an action; rejections are reported, and never stop the plan or its undoing. */
export type ProcessPort = (node: string, action: ProcessAction) => Promise<void>;

export interface RunningPlan {
  /** Cancels what has not happened yet and undoes the rest. Idempotent. */
  stop(): Promise<void>;
}

interface RunOptions {
  readonly scheduler: Scheduler;
  readonly act: ProcessPort;
  readonly onAction: (action: ProcessAction) => void;
  readonly onError: (action: ProcessAction, error: unknown) => void;
  /** All of a plan that undoes itself is done. Not called once it was stopped. */
  readonly onRestored: () => void;
}

/**
 * Actions of one plan never overlap: each waits for the one before, so that a slow kill cannot land after its release.
 */
export function runPlan(plan: Plan, node: string, options: RunOptions): RunningPlan {
  const { scheduler, act, onAction, onError, onRestored } = options;
  const timers = new Set<Timer>();
  let stopped: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  let left = plan.steps.length * plan.rounds;

  async function perform(action: ProcessAction): Promise<void> {
    try {
      await act(node, action);
      onAction(action);
    } catch (error) {
      onError(action, error);
    }
  }

  function enqueue(action: ProcessAction): void {
    last = last.then(async () => {
      await perform(action);
      left--;
      if (left > 0 || !plan.restored || stopped) return;
      await perform(plan.restored);
      if (!stopped) onRestored();
    });
  }

  function later(delayMs: number, task: () => void): void {
    const timer = scheduler.after(delayMs, () => {
      timers.delete(timer);
      task();
    });
    timers.add(timer);
  }

  function round(number: number): void {
    for (const step of plan.steps) {
      if (step.atMs === 0) enqueue(step.action);
      else later(step.atMs, () => enqueue(step.action));
    }
    if (number < plan.rounds) later(plan.periodMs, () => round(number + 1));
  }

  round(1);
  return {
    stop() {
      stopped ??= (async () => {
        for (const timer of timers) timer.cancel();
        timers.clear();
        await last;
        if (left === 0 && plan.restored) return;
        for (const action of plan.undo) await perform(action);
      })();
      return stopped;
    },
  };
}
