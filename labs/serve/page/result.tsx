import { useState } from 'preact/hooks';
import { send } from '../../../services/console/page/ask.ts';
import { FormField } from '../../../services/console/page/parts/field.tsx';
import { ProblemText } from '../../../services/console/page/parts/problem.tsx';
import { useOrder } from '../../../services/console/page/use-order.ts';
import type { LabPage, ResultView } from '../lab-view.ts';

/** The last run: what was found, the student's explanation, the transfer question, and the files to take along. */
export function ResultSections({ lab, result }: { lab: LabPage; result: ResultView }) {
  return (
    <section class="result" aria-labelledby="result-title">
      <h2 id="result-title">The last run{result.student !== undefined && ` (numbers of ${result.student})`}</h2>
      <div class="findings" dangerouslySetInnerHTML={{ __html: result.findings }} />
      <Explanation key={result.receipt} lab={lab} result={result} />
      <section>
        <h2>One more question</h2>
        <p>{result.transfer.question}</p>
        <details>
          <summary>An answer</summary>
          <p>{result.transfer.answer}</p>
        </details>
      </section>
      <div class="findings" dangerouslySetInnerHTML={{ __html: result.repeat }} />
      <section>
        <h2>Hand in</h2>
        <p>
          The file holds the result, your prediction and your explanation. The report is for you; it needs no network.
        </p>
        <p class="buttons">
          <a class="button primary" href={`/hand-ins/${lab.id}`} download>
            Download the hand-in
          </a>
          <a class="button" href={`/reports/${lab.id}`} target="_blank" rel="noreferrer">
            Open the report
          </a>
        </p>
      </section>
    </section>
  );
}

function Explanation({ lab, result }: { lab: LabPage; result: ResultView }) {
  const [text, setText] = useState(result.explanation ?? '');
  const [saved, setSaved] = useState(result.explanation);
  const { problem, order } = useOrder();

  async function save(): Promise<void> {
    const { explanation } = await send<{ explanation: string }>('POST', `/api/labs/${lab.id}/explanation`, { text });
    setSaved(explanation);
    setText(explanation);
  }

  return (
    <section>
      <h2>{result.task.heading}</h2>
      <p>{result.task.text}</p>
      {result.because !== null && <p class="quiet">You predicted this because: {result.because}</p>}
      <form
        class="explain"
        onSubmit={(event) => {
          event.preventDefault();
          void order(save);
        }}
      >
        <FormField name="Your explanation">
          {(ids) => (
            <textarea
              {...ids}
              name="explanation"
              rows={4}
              required
              maxlength={2_000}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </FormField>
        <p class="buttons">
          <button class="primary">Save my explanation</button>
          <span role="status" class="good">
            {saved !== null && saved === text ? 'Saved in the hand-in and in the report.' : ''}
          </span>
        </p>
        <ProblemText text={problem} />
      </form>
    </section>
  );
}
