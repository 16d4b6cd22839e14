import type { ViewOptions } from '../view-options.ts';
import { FaultForm } from '../faults/form.tsx';
import type { DescribedFaultKind } from '../faults/kind.ts';
import { FaultsInEffect } from '../faults/in-effect.tsx';
import { useAnswer } from '../use-answer.ts';

/** What is broken on purpose, and the form to break more. */
export function FaultsView({ moment, state, target }: ViewOptions & { target: string }) {
  const { about, now, live } = moment;
  const { value: kinds, problem } = useAnswer<readonly DescribedFaultKind[]>('/api/kinds');
  return (
    <>
      <section aria-labelledby="in-effect">
        <h2 id="in-effect">Faults in effect</h2>
        <FaultsInEffect faults={now.faults} operator={state.operator && live} />
      </section>
      <section aria-labelledby="inject">
        <h2 id="inject">Inject a fault</h2>
        <Gate chaos={about.chaos} operator={state.operator} />
        {problem !== undefined && <p class="warning">{problem}</p>}
        {kinds && about.chaos && state.operator && (
          <FaultForm key={target} about={about} kinds={kinds} target={target} />
        )}
      </section>
    </>
  );
}

function Gate({ chaos, operator }: { chaos: boolean; operator: boolean }) {
  if (!chaos)
    return (
      <p class="quiet">
        This cluster refuses faults. Stop it, and start it with <code>npm start -- --chaos</code>.
      </p>
    );
  if (operator) return null;
  return (
    <p class="quiet">
      To press buttons, open the console with the address that <code>npm start -- --chaos</code> printed, or press
      "Enter key" above.
    </p>
  );
}
