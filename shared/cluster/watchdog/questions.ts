import type { Scheduler } from '../../time/scheduler.ts';
import type { LeavingProcess } from '../directory.ts';

/** Asks a node: do your calls avoid this process, because your view says that it is leaving? */
export interface LeavingQuestion {
  readonly number: number;
  readonly avoids: LeavingProcess;
}

export interface LeavingAnswer {
  readonly number: number;
  readonly yes: boolean;
}

/** The questions to one process. `send` may do nothing, because the process is gone. */
export function createQuestions(send: (question: LeavingQuestion) => void, scheduler: Scheduler) {
  let asked = 0;
  const open = new Map<number, (yes: boolean) => void>();
  return {
    /** Whether the process answers yes within `ms`. */
    ask: (avoids: LeavingProcess, ms: number): Promise<boolean> =>
      new Promise((resolve) => {
        const number = ++asked;
        const timer = scheduler.after(ms, () => answered({ number, yes: false }));
        open.set(number, (yes) => {
          timer.cancel();
          resolve(yes);
        });
        send({ number, avoids });
      }),
    answered,
  };

  function answered({ number, yes }: LeavingAnswer): void {
    open.get(number)?.(yes);
    open.delete(number);
  }
}
