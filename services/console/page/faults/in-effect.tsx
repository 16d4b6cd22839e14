import { brokenBy } from '../../broken-by.ts';
import type { ReportedFault } from '../../sources.ts';
import { send } from '../ask.ts';
import { namesOf } from '../frame/headline-box.tsx';
import { ProblemText } from '../parts/problem.tsx';
import { duration } from '../quantities.ts';
import { useOrder } from '../use-order.ts';

/** The faults in effect with their counters, and the buttons that end them. */
export function FaultsInEffect({ faults, operator }: { faults: readonly ReportedFault[] | null; operator: boolean }) {
  const { problem, order } = useOrder();
  if (faults === null) return <p class="warning">Unknown: the chaos controller does not answer.</p>;
  if (faults.length === 0) return <p class="quiet">None.</p>;
  return (
    <>
      <ul class="faults">
        {faults.map((fault) => (
          <Fault
            key={fault.id}
            fault={fault}
            onHeal={operator ? () => void order(() => send('DELETE', `/api/faults/${fault.id}`)) : undefined}
          />
        ))}
      </ul>
      {operator && (
        <p>
          <button type="button" class="danger" onClick={() => void order(() => send('POST', '/api/halt'))}>
            Halt everything
          </button>
        </p>
      )}
      <ProblemText text={problem} />
    </>
  );
}

function Fault({ fault, onHeal }: { fault: ReportedFault; onHeal: (() => void) | undefined }) {
  const { id, kind, remainingMs, victims } = fault;
  const sum = (member: 'matched' | 'applied') => victims.reduce((total, victim) => total + victim[member], 0);
  const where = namesOf(brokenBy(fault));
  return (
    <li id={`fault-${id}`}>
      <p>
        <strong>{kind}</strong> at {where} <small>{duration(remainingMs)} left</small>
      </p>
      <p class="counters">
        <span>
          <b data-counter="matched">{sum('matched')}</b> requests in its scope
        </span>
        <span>
          <b data-counter="applied">{sum('applied')}</b> changed by it
        </span>
      </p>
      {onHeal && (
        <button type="button" onClick={onHeal} aria-label={`Heal ${kind} at ${where}`}>
          Heal
        </button>
      )}
    </li>
  );
}
