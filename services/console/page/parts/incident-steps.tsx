import { timeSpan } from '../../../../shared/time-span.ts';
import type { Incident } from '../../../monitor/incident.ts';
import { stepsOf } from '../steps.ts';

interface StepsOptions {
  readonly incident: Incident;
  /** The moment that the page shows. Later steps are pale. */
  readonly now: number;
  /** The time of the previous snapshot. The present snapshot shows what happened since then. */
  readonly before: number;
  /** Shows the moment of a step; undefined if the page no longer has it. */
  readonly onStep: ((at: number) => void) | undefined;
}

/** What happened to the node and what the monitors did about it. Each step leads to its moment. */
export function IncidentSteps({ incident, now, before, onStep }: StepsOptions) {
  const steps = stepsOf(incident);
  const last = steps.findLastIndex(({ at }) => at <= now);
  const lookOf = (at: number, i: number): string => {
    if (i > last) return 'later';
    return i === last || at > before ? 'shown' : '';
  };
  return (
    <ol class="steps" aria-label="What happened">
      {steps.map(({ at, what }, i) => (
        <li key={i} class={lookOf(at, i)} aria-current={i === last ? 'step' : undefined}>
          <button type="button" class="quiet" disabled={!onStep} onClick={() => onStep?.(at)}>
            <span>{timeSpan(at - incident.stamps.manifest)}</span> {what}
          </button>
        </li>
      ))}
    </ol>
  );
}
