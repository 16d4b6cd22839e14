import { useState } from 'preact/hooks';
import { send } from '../../../services/console/page/ask.ts';
import { ProblemText } from '../../../services/console/page/parts/problem.tsx';
import { useOrder } from '../../../services/console/page/use-order.ts';
import { hintNames } from '../../runner/lab.ts';
import type { LabPage } from '../lab-view.ts';

/** The hints, one after the other. Reading them is recorded, and costs nothing. */
export function Hints({ lab }: { lab: LabPage }) {
  const [hints, setHints] = useState(lab.hints);
  const { problem, order } = useOrder();

  async function more(): Promise<void> {
    setHints((await send<{ hints: readonly string[] }>('POST', `/api/labs/${lab.id}/hints`)).hints);
  }

  return (
    <section class="hints" aria-labelledby="hints-title">
      <h2 id="hints-title">Hints</h2>
      <ol aria-live="polite">
        {hints.map((hint, i) => (
          <li key={hint}>
            <h3>{hintNames[i]}</h3>
            <p>{hint}</p>
          </li>
        ))}
      </ol>
      {hints.length < hintNames.length && (
        <p class="buttons">
          <button type="button" onClick={() => void order(more)}>
            Show hint {hints.length + 1} of {hintNames.length}: {hintNames[hints.length]!.toLowerCase()}
          </button>
          <span class="quiet">Hints cost no points. The lab records how many you have read.</span>
        </p>
      )}
      <ProblemText text={problem} />
    </section>
  );
}
