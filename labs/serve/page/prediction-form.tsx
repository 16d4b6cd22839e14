import { useRef, useState } from 'preact/hooks';
import { send } from '../../../services/console/page/ask.ts';
import { FormField } from '../../../services/console/page/parts/field.tsx';
import { ProblemText } from '../../../services/console/page/parts/problem.tsx';
import type { Form } from '../../runner/lab.ts';
import type { LabPage } from '../lab-view.ts';
import type { RunView } from '../run-view.ts';
import type { LabsState, LabsStore } from './store.ts';

interface FormOptions {
  readonly lab: LabPage;
  readonly student: string;
  readonly onStudent: (student: string) => void;
  /** What was typed, as JSON. */
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  /** Why the lab could not be loaded for this student. */
  readonly problem: string | undefined;
  readonly state: LabsState;
  readonly store: LabsStore;
}

/** A form of the lab, or its live form on the cluster of the user. */
type Wanted = Form | 'attach';

const formWords: Readonly<Record<Wanted, string>> = {
  live: 'live, on real processes',
  virtual: 'virtual, with a simulated clock: takes seconds, and can be repeated',
  attach: 'live, on your own cluster that is up: Grafana shows the lab',
};

interface Draft {
  readonly values?: readonly string[];
  readonly because?: string;
  readonly form?: Wanted;
}

/** One field per quantity, and the reason. What was typed stays in this browser until the lab was judged. */
export function PredictionForm(options: FormOptions) {
  const { lab, student, onStudent, draft, onDraft, problem: wrongStudent, state, store } = options;
  const { values = [], because = '', form = lab.forms[0]! } = JSON.parse(draft || '{}') as Draft;
  const [problem, setProblem] = useState<string>();
  const element = useRef<HTMLFormElement>(null);
  const forms: readonly Wanted[] = lab.attaches ? [...lab.forms, 'attach'] : lab.forms;
  const isBusy = state.server !== undefined && (isGoingOn(state.server.run) || state.server.other !== null);

  const keep = (next: Draft): void => onDraft(JSON.stringify({ values, because, form, ...next }));

  async function start(prediction: { values: readonly string[]; because: string } | null): Promise<void> {
    setProblem(undefined);
    try {
      const attach = form === 'attach';
      const order = { lab: lab.id, form: attach ? 'live' : form, attach, student, prediction };
      const run = await send<RunView>('POST', '/api/runs', order);
      store.know({ run, other: null });
      requestAnimationFrame(() => document.querySelector<HTMLElement>('#running-title')?.focus());
    } catch (error) {
      const { message } = error as Error;
      setProblem(message);
      const wrong = lab.quantities.findIndex(({ label }) => message.startsWith(`${label}: `));
      element.current!.querySelectorAll<HTMLInputElement>('[data-quantity]')[wrong]?.focus();
    }
  }

  return (
    <section aria-labelledby="predict-title">
      <h2 id="predict-title">Predict</h2>
      <form
        ref={element}
        class="fault-form"
        onSubmit={(event) => {
          event.preventDefault();
          void start({ values: lab.quantities.map((_, i) => values[i] ?? ''), because });
        }}
      >
        <p>
          Predict before you measure. A wrong prediction costs nothing.
          {lab.numbers !== undefined && (
            <>
              {' '}
              Your numbers: <strong class="numbers">{lab.numbers}</strong>
            </>
          )}
        </p>
        <FormField
          name="Your name or ID (optional)"
          help="It gives you other numbers than other students. Leave it empty for the numbers of the text."
        >
          {(ids) => (
            <input
              {...ids}
              name="student"
              value={student}
              autocomplete="username"
              maxlength={64}
              onChange={(event) => onStudent(event.currentTarget.value.trim())}
            />
          )}
        </FormField>
        <ProblemText text={wrongStudent} />
        <div class="fields">
          {lab.quantities.map(({ label, unit }, i) => (
            <FormField key={label} name={unit === '' ? label : `${label}, ${unit}`}>
              {(ids) => (
                <input
                  {...ids}
                  data-quantity={i}
                  required
                  autocomplete="off"
                  maxlength={50}
                  aria-invalid={problem?.startsWith(`${label}: `)}
                  value={values[i] ?? ''}
                  onInput={(event) =>
                    keep({
                      values: lab.quantities.map((_, at) =>
                        at === i ? event.currentTarget.value : (values[at] ?? ''),
                      ),
                    })
                  }
                />
              )}
            </FormField>
          ))}
        </div>
        <FormField name="Why do you think so?" help="One sentence.">
          {(ids) => (
            <textarea
              {...ids}
              name="because"
              required
              rows={2}
              maxlength={500}
              value={because}
              onInput={(event) => keep({ because: event.currentTarget.value })}
            />
          )}
        </FormField>
        {forms.length > 1 && (
          <fieldset>
            <legend>Form</legend>
            {forms.map((one) => (
              <label key={one}>
                <input type="radio" name="form" checked={form === one} onChange={() => keep({ form: one })} />{' '}
                {formWords[one]}
              </label>
            ))}
          </fieldset>
        )}
        <ProblemText text={problem} />
        <p class="buttons">
          <button class="primary" disabled={isBusy}>
            Store my prediction and run
          </button>
          <button type="button" disabled={isBusy} onClick={() => void start(null)}>
            Run without a prediction
          </button>
          {isBusy && <span class="quiet">Another lab is not finished.</span>}
        </p>
      </form>
    </section>
  );
}

const isGoingOn = (run: RunView | null): boolean => run !== null && run.outcome === undefined;
