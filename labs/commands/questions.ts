import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { InterruptedError } from '../../cli/errors.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { type Ask, optionIn } from '../runner/choice.ts';
import { LabUsageError } from '../runner/errors.ts';
import type { Lab, Quantity } from '../runner/lab.ts';
import { commit, type Prediction, reasonIn } from '../runner/prediction.ts';
import { parseOne, suffixOf } from '../runner/units.ts';

/** Asks one question, again and again until `read` accepts the answer. */
type AskUntilRead = <T>(question: string, read: (text: string) => T) => Promise<T>;

/** What a person at the terminal predicts, and why. */
export function askPrediction(
  { id }: Pick<Lab, 'id'>,
  quantities: readonly Quantity[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Prediction> {
  terminal.line('\nPredict before you measure. A wrong prediction costs no points.');
  return withQuestions(terminal, signal, async (ask) => {
    const values: number[] = [];
    for (const quantity of quantities) {
      const unit = suffixOf(quantity.unit);
      const question = `${quantity.label}${unit === '' ? '' : ` (${unit})`}:`;
      values.push(await ask(question, (text) => parseOne(text, quantity)));
    }
    return commit(id, values, await ask('Why do you think so?', reasonIn));
  });
}

/** Asks a person at the terminal what a running lab wants to know. */
export const chooseAt =
  (terminal: Terminal): Ask =>
  async (choices, signal) => {
    try {
      return await withQuestions(terminal, signal, async (ask) => {
        const answers: string[] = [];
        for (const choice of choices)
          answers.push(await ask(`${choice.label} (${choice.options.join(', ')})`, (text) => optionIn(text, choice)));
        return answers;
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      return undefined;
    }
  };

/** Throws InterruptedError where the input ends (Ctrl-D). */
async function withQuestions<T>(
  terminal: Terminal,
  signal: AbortSignal,
  work: (ask: AskUntilRead) => Promise<T>,
): Promise<T> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  // The reader takes Ctrl-C for itself.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = once(reader, 'close').then(() => undefined);
  try {
    return await work(async (question, read) => {
      for (;;) {
        const text = await Promise.race([ended, reader.question(`  ${question} `, { signal })]).catch(
          (error: unknown) => {
            if (signal.aborted) throw error;
            return undefined;
          },
        );
        if (text === undefined) throw new InterruptedError('the input has ended');
        try {
          return read(text.trim());
        } catch (error) {
          if (!(error instanceof LabUsageError)) throw error;
          terminal.line(`  ${error.message}`);
        }
      }
    });
  } finally {
    reader.close();
  }
}
