import { rm } from 'node:fs/promises';
import type { ProcessPort } from '../../faults/plan.ts';
import type { Clock } from '../../time/clock.ts';
import { sleep, type Scheduler } from '../../time/scheduler.ts';
import type { Child } from './child.ts';
import type { PauseGuards } from './pause-guards.ts';

interface ProcessOptions {
  readonly child: (node: string) => Child | undefined;
  /** A second process for the node, not started yet: a copy of the running one, even with the same incarnation. */
  readonly newTwin: (node: string, incarnation: number) => Child;
  /** What the node keeps on its disk. */
  readonly stateDir: (node: string) => string;
  readonly pauseGuards: PauseGuards;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/** The longest wait until a process serves, ms. */
const settleMs = 30_000;
const pollMs = 100;

/** The time that a twin gets to end, ms. */
const twinGraceMs = 0;

export interface Processes {
  readonly act: ProcessPort;
  readonly twins: () => readonly {
    readonly node: string;
    readonly pid: number;
    readonly opsPort: number | undefined;
  }[];
  /** Ends the twins, too: nothing outlives the watchdog. */
  readonly stop: () => Promise<void>;
}

/** Carries out and undoes faults of whole processes, only for processes that this watchdog started. */
export function createProcesses({
  child,
  newTwin,
  stateDir,
  pauseGuards,
  clock,
  scheduler,
}: ProcessOptions): Processes {
  const twins = new Map<string, Child>();

  async function twin(node: string, original: Child): Promise<void> {
    const incarnation = original.incarnation();
    if (twins.has(node)) return;
    if (incarnation === undefined || original.state().state !== 'ready')
      throw new Error(`${node} is not ready: there is nothing to copy`);
    const copy = newTwin(node, incarnation);
    twins.set(node, copy);
    copy.start();
  }

  async function untwin(node: string): Promise<void> {
    const copy = twins.get(node);
    twins.delete(node);
    // The twin must not tell the monitors that it is leaving. They would believe that the real node is leaving.
    copy?.signal('SIGKILL');
    await copy?.stop(twinGraceMs);
  }

  async function settle(target: Child): Promise<void> {
    const until = clock.now() + settleMs;
    while (target.state().state !== 'ready' && clock.now() < until) await sleep(scheduler, pollMs);
  }

  return {
    async act(node, action) {
      const target = child(node);
      if (!target) throw new Error(`there is no node ${node} here`);
      switch (action.do) {
        case 'kill':
          return target.kill();
        case 'hold':
          return target.hold();
        case 'release':
          return target.release();
        case 'wipe':
          return rm(stateDir(node), { recursive: true, force: true });
        case 'pause': {
          const state = target.state();
          if (!('pid' in state)) throw new Error(`${node} is ${state.state}: there is no process to pause`);
          pauseGuards.set(node, state.pid);
          return void target.signal('SIGSTOP');
        }
        case 'resume':
          target.signal('SIGCONT');
          return pauseGuards.dismiss(node);
        case 'settle':
          return settle(target);
        case 'twin':
          return twin(node, target);
        case 'untwin':
          return untwin(node);
      }
    },
    twins: () =>
      [...twins].flatMap(([node, copy]) => {
        const state = copy.state();
        return state.state === 'ready' ? [{ node, pid: state.pid, opsPort: copy.readyMessage()?.opsPort }] : [];
      }),
    async stop() {
      await Promise.all([...twins.keys()].map(untwin));
    },
  };
}
