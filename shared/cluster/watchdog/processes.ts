import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ProcessPort } from '../../faults/plan.ts';
import type { Clock } from '../../time/clock.ts';
import { sleep, type Scheduler } from '../../time/scheduler.ts';
import type { Child } from './child.ts';

interface ProcessOptions {
  readonly child: (node: string) => Child | undefined;
  /** A second process for the node, not started yet: a copy of the running one, down to its incarnation. */
  readonly newTwin: (node: string, incarnation: number) => Child;
  /** What the node keeps on its disk. */
  readonly stateDir: (node: string) => string;
  readonly paused: PausedFile;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/** A process that does not serve by then will not soon, ms. */
const settleMs = 30_000;
const pollMs = 100;

/** How long a twin may take to go, ms. */
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

/** What faults do to the processes of one watchdog, and undo: only to those that it started itself. */
export function createProcesses({ child, newTwin, stateDir, paused, clock, scheduler }: ProcessOptions): Processes {
  const twins = new Map<string, Child>();

  async function twin(node: string, original: Child): Promise<void> {
    const incarnation = original.told()?.incarnation;
    if (twins.has(node)) return;
    if (incarnation === undefined) throw new Error(`${node} is not ready: there is nothing to copy`);
    const copy = newTwin(node, incarnation);
    twins.set(node, copy);
    copy.start();
  }

  async function untwin(node: string): Promise<void> {
    const copy = twins.get(node);
    twins.delete(node);
    // Without a farewell: a twin that says "I am leaving" would say it in the name of the node that stays.
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
          // Written before it is done: whoever comes after a crashed watchdog finds the process that cannot notice the crash.
          paused.add(node, state.pid);
          return void target.signal('SIGSTOP');
        }
        case 'resume':
          target.signal('SIGCONT');
          return paused.remove(node);
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
        return state.state === 'ready' ? [{ node, pid: state.pid, opsPort: copy.told()?.opsPort }] : [];
      }),
    async stop() {
      await Promise.all([...twins.keys()].map(untwin));
    },
  };
}

export interface PausedFile {
  readonly add: (node: string, pid: number) => void;
  readonly remove: (node: string) => void;
}

/** Which processes are stopped by SIGSTOP, kept in `file` while there are any. */
export function pausedFile(file: string): PausedFile {
  const pids = new Map<string, number>();
  function save(): void {
    if (pids.size > 0) writeFileSync(file, JSON.stringify(Object.fromEntries(pids)));
    else rmSync(file, { force: true });
  }
  return {
    add(node, pid) {
      if (pids.get(node) === pid) return;
      pids.set(node, pid);
      save();
    },
    remove(node) {
      if (pids.delete(node)) save();
    },
  };
}

/**
 * At boot: lets go what a crashed watchdog left paused, so that it notices and ends. A process that is no node any more (its number was
 * given to another one) is left alone. How many there were.
 */
export function resumeLeftOver(file: string): number {
  if (!existsSync(file)) return 0;
  let resumed = 0;
  for (const [node, pid] of Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>)) {
    if (!isNode(pid, node)) continue;
    process.kill(pid, 'SIGCONT');
    resumed++;
  }
  rmSync(file, { force: true });
  return resumed;
}

function isNode(pid: number, node: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0run-node\0${node}\0`);
  } catch {
    return false;
  }
}
