import { spawn, type ChildProcess } from 'node:child_process';
import type { Scheduler, Timer } from '../../time/scheduler.ts';

/** The pause after the last start of a process, ms. An earlier spare would take processor time from that start. */
const pauseMs = 2_000;

/** What makes a spare process a node. */
export interface NodeStart {
  /** The arguments of `run-node` for this node. */
  readonly args: readonly string[];
  /** null: the process must not have this variable. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly logFile: string;
}

export interface Spare {
  /** Loads a spare process after a pause; does nothing while there is a spare process. */
  readonly prepare: () => void;
  /** The process that now becomes this node, and belongs to the caller; undefined when no process is loaded. */
  readonly become: (start: NodeStart) => ChildProcess | undefined;
  /** Replaces the loaded process, because the code on the disk may have changed since. */
  readonly renew: () => void;
  /** Kills the loaded process, and loads no other one. */
  readonly stop: () => void;
}

export interface SpareOptions {
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly scheduler: Scheduler;
}

/**
 * One process that has loaded the code of every component and opened nothing. A node that ended is started again in
 * this process, so that the restart takes no processor time from the nodes that serve meanwhile.
 *
 *   prepare -> pause -> loading -> {"spare": true} -> become: {"become": start} -> the process runs the node
 */
export function createSpare({ command, env, scheduler }: SpareOptions): Spare {
  const [executable, ...args] = command;
  let timer: Timer | undefined;
  let spare: ChildProcess | undefined;
  let loaded = false;
  let stopped = false;

  const onMessage = (message: { spare?: true }): void => {
    if (message.spare) loaded = true;
  };
  const onEnd = (): void => {
    spare = undefined;
    loaded = false;
    prepare();
  };

  function load(): void {
    spare = spawn(executable, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env });
    spare.on('message', onMessage).once('exit', onEnd).once('error', onEnd);
  }

  function prepare(): void {
    timer?.cancel();
    if (!spare && !stopped) timer = scheduler.after(pauseMs, load);
  }

  return {
    prepare,
    become(start) {
      if (!spare?.connected || spare.killed || !loaded || stopped) return undefined;
      const node = spare.off('message', onMessage).off('exit', onEnd).off('error', onEnd);
      spare = undefined;
      loaded = false;
      node.send({ become: start }, () => {});
      prepare();
      return node;
    },
    renew: () => void spare?.kill('SIGKILL'),
    stop() {
      stopped = true;
      timer?.cancel();
      spare?.kill('SIGKILL');
    },
  };
}
