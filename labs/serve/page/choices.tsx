import { useState } from 'preact/hooks';
import { Field } from '../../../services/console/page/parts/field.tsx';
import { send } from '../../../services/console/page/ask.ts';
import type { Choice } from '../../runner/choice.ts';
import type { RunView } from '../run-view.ts';

/** What the lab asks while it runs: one list for each question. */
export function Choices({ choices }: { choices: readonly Choice[] }) {
  const [answers, setAnswers] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string>();

  async function answer(): Promise<void> {
    try {
      await send<RunView>('POST', '/api/runs/current/answer', { answers: choices.map((_, i) => answers[i] ?? '') });
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <form
      class="fault-form"
      aria-label="Your answer"
      onSubmit={(event) => {
        event.preventDefault();
        void answer();
      }}
    >
      {choices.map(({ label, options }, i) => (
        <Field key={label} name={label}>
          {(ids) => (
            <select
              {...ids}
              required
              value={answers[i] ?? ''}
              onChange={(event) =>
                setAnswers(choices.map((_, at) => (at === i ? event.currentTarget.value : (answers[at] ?? ''))))
              }
            >
              <option value="">choose</option>
              {options.map((option) => (
                <option key={option}>{option}</option>
              ))}
            </select>
          )}
        </Field>
      ))}
      {problem !== undefined && (
        <p class="warning" role="alert">
          {problem}
        </p>
      )}
      <p class="buttons">
        <button class="primary">This is my answer</button>
      </p>
    </form>
  );
}
