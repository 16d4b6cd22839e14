import { useState } from 'preact/hooks';
import { send } from '../../../services/console/page/ask.ts';
import type { LabPage } from '../lab-view.ts';

const rungs = ['The concept', 'The formula', 'A worked analogue'] as const;

/** The ladder of hints, one after the other. Reading them is recorded, and costs nothing. */
export function Hints({ lab }: { lab: LabPage }) {
  const [hints, setHints] = useState(lab.hints);
  const [problem, setProblem] = useState<string>();

  async function more(): Promise<void> {
    try {
      setHints((await send<{ hints: readonly string[] }>('POST', `/api/labs/${lab.id}/hints`)).hints);
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <section class="hints" aria-labelledby="hints-title">
      <h2 id="hints-title">Hints</h2>
      <ol aria-live="polite">
        {hints.map((hint, i) => (
          <li key={hint}>
            <h3>{rungs[i]}</h3>
            <p>{hint}</p>
          </li>
        ))}
      </ol>
      {hints.length < rungs.length && (
        <p class="buttons">
          <button type="button" onClick={() => void more()}>
            Show hint {hints.length + 1} of {rungs.length}: {rungs[hints.length]!.toLowerCase()}
          </button>
          <span class="quiet">Hints cost nothing. How many you read is recorded.</span>
        </p>
      )}
      {problem !== undefined && (
        <p class="warning" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
