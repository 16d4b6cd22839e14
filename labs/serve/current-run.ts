import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RpcError } from '../../shared/rpc/errors.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { optionIn } from '../runner/choice.ts';
import type { RunEvent } from '../runner/events.ts';
import { homeAt } from '../runner/home.ts';
import { refusal } from '../runner/journal.ts';
import { restoreLeft } from '../runner/restore.ts';
import { predictedInWords, type RunOrder } from './order.ts';
import { startOf, withEvent, type RunOutcome, type RunView } from './run-view.ts';

/** What the process of a run is told. */
export interface Assignment {
  readonly folder: string;
  readonly order: RunOrder;
}

/** What the person answered. */
export interface AnswerMessage {
  readonly answers: readonly string[];
}

/** What the process of a run tells. */
export type RunMessage = { readonly event: RunEvent } | { readonly outcome: RunOutcome };

/**
 * How long a run may take to stop, ms. A virtual run has no cluster to stop, and may compute without reading its
 * messages.
 */
const graceMs = { live: 25_000, virtual: 1_500 } as const;

/** The file that runs a lab in a process of its own. */
const program = fileURLToPath(new URL('./run-process.ts', import.meta.url));

interface Listener {
  readonly onChange: () => void;
  readonly onEvent: (event: RunEvent) => void;
}

/** The one run of this server: the last one stays until the next one starts. It does not need a page. */
export function createCurrentRun(folder: string, { onChange, onEvent }: Listener) {
  const home = homeAt(folder);
  let view: RunView | undefined;
  let child: ChildProcess | undefined;

  function change(next: RunView): void {
    view = next;
    onChange();
  }

  return {
    view: () => view,
    isRunning: () => child !== undefined,
    /** Throws `conflict` while any lab runs with the same data, here or in a terminal. Nothing is counted then. */
    start(order: RunOrder): RunView {
      if (child) throw new RpcError('conflict', `lab ${view!.lab} is running; stop it, or wait until it has ended`);
      const problem = refusal(home);
      if (problem !== undefined) throw new RpcError('conflict', problem);
      change(startOf(order.lab, order.form, predictedInWords(order)));
      const own = fork(program, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      child = own;
      let outcome: RunOutcome | undefined;
      own.on('message', (message) => {
        const told = message as RunMessage;
        if ('outcome' in told) outcome = told.outcome;
        else {
          onEvent(told.event);
          change(withEvent(view!, told.event));
        }
      });
      own.once('error', ({ message }) => (outcome ??= { kind: 'failed', cause: message }));
      own.once('close', (code, signal) => {
        child = undefined;
        onEvent({ kind: 'cluster-stopped' });
        const ended: RunOutcome = view!.stopping
          ? { kind: 'interrupted' }
          : { kind: 'failed', cause: `its process ended (${signal ?? `exit code ${code}`})` };
        change({ ...view!, faults: [], choices: [], outcome: outcome ?? ended });
      });
      own.send({ folder, order } satisfies Assignment);
      return view!;
    },
    /**
     * Hands the answers of the person to the lab. Throws `conflict` if the lab asks nothing now, and `bad_request` for
     * a wrong answer.
     */
    answer(body: unknown): RunView {
      const choices = view?.choices ?? [];
      if (!child || choices.length === 0) throw new RpcError('conflict', 'no lab asks anything now');
      const { answers } = (body ?? {}) as { readonly answers?: unknown };
      if (!Array.isArray(answers) || answers.length !== choices.length)
        throw new RpcError('bad_request', `answers: ${choices.length} texts are wanted`);
      child.send({ answers: choices.map((choice, i) => optionIn(String(answers[i]), choice)) } satisfies AnswerMessage);
      return view!;
    },
    /** Resolves when nothing of the run is left. No attempt is counted. */
    async stop(): Promise<void> {
      const own = child;
      if (!own) return;
      change({ ...view!, stopping: true });
      const ended = once(own, 'close');
      own.kill('SIGTERM');
      const timer = systemScheduler.after(graceMs[view!.form], () => own.kill('SIGKILL'));
      await ended;
      timer.cancel();
      if (own.signalCode === 'SIGKILL') await restoreLeft(home);
    },
  };
}

export type CurrentRun = ReturnType<typeof createCurrentRun>;
