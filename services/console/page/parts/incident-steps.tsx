import { timeSpan } from '../../../../shared/time-span.ts';
import type { Incident } from '../../../monitor/incident.ts';
import { stepsOf } from '../steps.ts';

interface StepsOptions {
  readonly incident: Incident;
  /** The moment that the page shows. Later steps are pale. */
  readonly now: number;
  /** Shows the moment of a step; undefined if the page no longer has it. */
  readonly onStep: ((at: number) => void) | undefined;
}

/** What happened to the node and what the monitors did about it. Each step leads to its moment. */
export function IncidentSteps({ incident, now, onStep }: StepsOptions) {
  const steps = stepsOf(incident);
  const current = steps.findLastIndex(({ at }) => at <= now);
  return (
    <ol class="steps" aria-label="What happened">
      {steps.map(({ at, what }, i) => (
        <li key={i} class={i > current ? 'later' : ''} aria-current={i === current ? 'step' : undefined}>
          <button type="button" class="quiet" disabled={!onStep} onClick={() => onStep?.(at)}>
            <span>{timeSpan(at - incident.stamps.manifest)}</span> {what}
          </button>
        </li>
      ))}
    </ol>
  );
}
