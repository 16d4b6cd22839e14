import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson } from '../../../services/console/page/ask.ts';
import type { LabPage } from '../lab-view.ts';
import { Hints } from './hints.tsx';
import { PredictionForm } from './prediction-form.tsx';
import { useRemembered } from './remembered.ts';
import { ResultSections } from './result.tsx';
import { RunningLab } from './running.tsx';
import type { LabsState, LabsStore } from './store.ts';
import { outcomeInWords } from './words.ts';

/** One lab: its text, the prediction, the run, and the result. */
export function LabView({ id, state, store }: { id: string; state: LabsState; store: LabsStore }) {
  const [student, setStudent] = useRemembered('student');
  const [draft, setDraft] = useRemembered(`draft ${id}`);
  const [lab, setLab] = useState<LabPage>();
  const [problem, setProblem] = useState<string>();
  const own = state.server?.run?.lab === id ? state.server.run : undefined;
  const outcome = own?.outcome;
  const isRunning = own !== undefined && outcome === undefined;

  const load = (): Promise<void> =>
    getJson<LabPage>(`/api/labs/${encodeURIComponent(id)}?student=${encodeURIComponent(student)}`).then(
      (page) => {
        setProblem(undefined);
        setLab(page);
      },
      (error: Error) => setProblem(error.message),
    );
  const wasRunning = useRef(false);
  // When a run ends, its result is loaded. The element with the focus disappears then, so the focus moves to the
  // outcome.
  useEffect(() => {
    const ended = wasRunning.current && !isRunning;
    wasRunning.current = isRunning;
    // After UNKNOWN, the student repeats the run, and needs the typed prediction again.
    if (ended && outcome?.kind === 'judged' && outcome.verdict !== 'UNKNOWN') setDraft('');
    void load().then(() => ended && document.querySelector<HTMLElement>('#outcome')?.focus());
  }, [id, student, isRunning]);
  useEffect(() => void (document.title = lab ? `Lab ${id}: ${lab.topic} - Tierlab labs` : 'Tierlab labs'), [id, lab]);

  if (!lab) return problem === undefined ? <p class="loading">Loading the lab …</p> : <p class="warning">{problem}</p>;
  return (
    <>
      <div>
        <p class="lab-topic">
          Lab {id}: {lab.topic}
        </p>
        <h1>{lab.question}</h1>
        <p class="quiet">
          Read the text, then predict and run below it. This page does what <code>npm run lab -- {id}</code> does in a
          terminal; the field for your name stands for <code>--student</code>.
        </p>
      </div>
      {lab.failuresExpected && <p class="notice">Failures are part of this lab.</p>}
      <article class="text" aria-label="The text of the lab" dangerouslySetInnerHTML={{ __html: lab.text }} />
      <Hints lab={lab} />
      {isRunning ? (
        <RunningLab run={own} state={state} store={store} />
      ) : (
        <PredictionForm
          lab={lab}
          student={student}
          onStudent={setStudent}
          draft={draft}
          onDraft={setDraft}
          problem={problem}
          state={state}
          store={store}
        />
      )}
      <p id="outcome" class={outcome ? 'outcome-line' : 'unseen'} role="status" tabindex={-1}>
        {outcome ? outcomeInWords(outcome) : ''}
      </p>
      {!isRunning && lab.result && <ResultSections lab={lab} result={lab.result} />}
    </>
  );
}
