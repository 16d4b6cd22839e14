import { useState } from 'preact/hooks';
import { send } from '../../../services/console/page/ask.ts';
import { FormField } from '../../../services/console/page/parts/field.tsx';
import { ProblemText } from '../../../services/console/page/parts/problem.tsx';
import { useOrder } from '../../../services/console/page/use-order.ts';
import type { Choice } from '../../runner/choice.ts';

/** What the lab asks while it runs: one list for each question. */
export function Choices({ choices }: { choices: readonly Choice[] }) {
  const [answers, setAnswers] = useState<readonly string[]>([]);
  const { problem, order } = useOrder();

  return (
    <form
      class="fault-form"
      aria-label="Your answer"
      onSubmit={(event) => {
        event.preventDefault();
        const given = choices.map((_, i) => answers[i] ?? '');
        void order(() => send('POST', '/api/runs/current/answer', { answers: given }));
      }}
    >
      {choices.map(({ label, options }, i) => (
        <FormField key={label} name={label}>
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
        </FormField>
      ))}
      <ProblemText text={problem} />
      <p class="buttons">
        <button class="primary">This is my answer</button>
      </p>
    </form>
  );
}
