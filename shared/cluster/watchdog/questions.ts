import type { Scheduler } from '../../time/scheduler.ts';
import type { LeavingProcess } from '../directory.ts';

/**
 * A question of the watchdog to a node, over IPC. Only the main loop of the node can answer it. With `avoids`: do your
 * calls avoid this process, because your view says that it is leaving? Without `avoids`, the answer is always yes: it
 * shows that the main loop runs.
 */
export interface IpcQuestion {
  readonly number: number;
  readonly avoids?: LeavingProcess | undefined;
}

export interface IpcAnswer {
  readonly number: number;
  readonly yes: boolean;
}

/** The questions to the processes of one node. `send` may do nothing, because no process runs. */
export function createQuestions(send: (question: IpcQuestion) => void, scheduler: Scheduler) {
  let asked = 0;
  const open = new Map<number, (yes: boolean) => void>();

  function ask(onAnswer: (yes: boolean) => void, avoids?: LeavingProcess): number {
    const number = ++asked;
    open.set(number, onAnswer);
    send({ number, avoids });
    return number;
  }

  return {
    ask,
    /** Whether the process answers yes within `ms`. */
    askWithin: (ms: number, avoids?: LeavingProcess): Promise<boolean> =>
      new Promise((resolve) => {
        const timer = scheduler.after(ms, () => {
          open.delete(number);
          resolve(false);
        });
        const number = ask((yes) => {
          timer.cancel();
          resolve(yes);
        }, avoids);
      }),
    answered({ number, yes }: IpcAnswer): void {
      const onAnswer = open.get(number);
      open.delete(number);
      onAnswer?.(yes);
    },
    /** The process has ended, so no answer comes. */
    forget: (): void => open.clear(),
  };
}
