/**
 * Runs one lab for the pages, in a process of its own. So requests from pages to the server do not disturb what a lab
 * measures, and a lab that computes for seconds does not keep the server from answering.
 *
 *   server --order--> this process --event, event, ..., outcome--> server
 */
import { InterruptedError } from '../../cli/errors.ts';
import { onInterrupt } from '../../cli/interrupt.ts';
import { labOf } from '../commands/choose.ts';
import { LabUnknownError } from '../runner/errors.ts';
import { homeAt } from '../runner/home.ts';
import { commit } from '../runner/prediction.ts';
import { runLab } from '../runner/run.ts';
import type { Ask } from '../runner/choice.ts';
import type { AnswerMessage, Assignment, RunMessage } from './current-run.ts';
import type { RunOutcome } from './run-view.ts';

const send = (message: RunMessage): void => void (process.connected && process.send!(message));

/** The answer comes from a page, through the server. */
const answered: Ask = (_choices, signal) =>
  new Promise((resolve) => {
    const end = (answers: readonly string[] | undefined): void => {
      process.off('message', onMessage);
      signal.removeEventListener('abort', onAbort);
      resolve(answers);
    };
    const onMessage = (message: unknown): void => end((message as AnswerMessage).answers);
    const onAbort = (): void => end(undefined);
    process.on('message', onMessage);
    signal.addEventListener('abort', onAbort, { once: true });
  });

async function outcomeOf({ folder, order }: Assignment): Promise<RunOutcome> {
  const { form, owner, attach, prediction } = order;
  const lab = labOf(order.lab);
  try {
    const { verdict } = await onInterrupt((signal) =>
      runLab({
        lab,
        form,
        owner,
        home: homeAt(folder),
        attach,
        signal,
        predict: async () => prediction && commit(lab.id, prediction.values, prediction.because),
        choose: answered,
        on: (event) => send({ event }),
      }),
    );
    return { kind: 'judged', verdict };
  } catch (error) {
    if (error instanceof InterruptedError) return { kind: 'interrupted' };
    if (error instanceof LabUnknownError) return { kind: 'unknown', cause: error.message, next: error.next };
    return { kind: 'failed', cause: error instanceof Error ? error.message : String(error) };
  }
}

process.once('message', (assignment) => {
  // When the server has ended, in whatever way, the lab stops in an orderly way.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  void outcomeOf(assignment as Assignment).then((outcome) => {
    process.removeAllListeners('disconnect');
    if (!process.connected) return;
    process.send!({ outcome } satisfies RunMessage, () => process.disconnect!());
  });
});
