import type { Scheduler, Timer } from '../time/scheduler.ts';

/**
 * The actions of a watchdog on a process that it started. Each is idempotent, and none fails when the process has
 * ended.
 */
export type ProcessAction =
  | { readonly do: 'kill' }
  /** Nothing restarts the process until `release`, as if the machine were down. */
  | { readonly do: 'hold' }
  | { readonly do: 'release' }
  /** Deletes what the node keeps on disk; only while it is not running. */
  | { readonly do: 'wipe' }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** Waits, for a limited time, until the process serves again. */
  | { readonly do: 'settle' }
  /** Starts a second process of the same identity, and stops it again. */
  | { readonly do: 'twin' }
  | { readonly do: 'untwin' };

export interface PlanStep {
  readonly atMs: number;
  readonly action: ProcessAction;
}

/** The steps of one round, the number and interval of rounds, and the actions that undo everything at any moment. */
export interface ProcessPlan {
  readonly steps: readonly PlanStep[];
  readonly rounds: number;
  readonly periodMs: number;
  readonly undo: readonly ProcessAction[];
  /**
   * Only for a plan whose steps undo themselves: the action that runs after the last step. When this action has
   * finished, the fault is over.
   */
  readonly restored?: ProcessAction;
}

/** How a watchdog carries out an action; a rejection is reported, but does not stop the plan or its undo. */
export type ProcessPort = (node: string, action: ProcessAction) => Promise<void>;

export interface RunningPlan {
  /** Cancels the pending steps and undoes the others. Idempotent. */
  stop(): Promise<void>;
}

interface RunOptions {
  readonly scheduler: Scheduler;
  readonly act: ProcessPort;
  readonly onAction: (action: ProcessAction) => void;
  readonly onError: (action: ProcessAction, error: unknown) => void;
  /** Called when a plan that undoes itself has finished. Not called after `stop`. */
  readonly onRestored: () => void;
}

/** Actions of one plan never overlap: each waits for the one before, so a slow kill cannot happen after its release. */
export function runPlan(plan: ProcessPlan, node: string, options: RunOptions): RunningPlan {
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
