import type { Choice } from '../runner/choice.ts';
import type { RunEvent } from '../runner/events.ts';
import type { RunPhase } from '../runner/journal.ts';
import type { Form, LabVerdict } from '../runner/lab.ts';

/** How a run ended. Only `judged` can count as an attempt. */
export type RunOutcome =
  | { readonly kind: 'judged'; readonly verdict: LabVerdict }
  | { readonly kind: 'unknown'; readonly cause: string; readonly next: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly cause: string };

/** What a page shows of a run, while it goes on and after its end. */
export interface RunView {
  readonly lab: string;
  readonly form: Form;
  readonly phase: RunPhase;
  /** Somebody has asked for its end. */
  readonly stopping: boolean;
  /** One text per quantity; absent without a prediction. */
  readonly prediction?: readonly string[];
  /** The hash of the stored prediction. */
  readonly predicted?: string;
  readonly progress?: { readonly label: string; readonly done: number; readonly total: number };
  /** The last lines that the lab said. */
  readonly said: readonly string[];
  /** The faults in effect. */
  readonly faults: readonly { readonly node: string; readonly fault: string }[];
  /** What the lab asks the person now. */
  readonly choices: readonly Choice[];
  /** Absent while it goes on. */
  readonly outcome?: RunOutcome;
}

/** What all pages see, whatever lab they show. */
export interface ServerState {
  /** The run of this server: the present one, or the last one. */
  readonly run: RunView | null;
  /** A lab that a terminal runs with the same data, or one that was killed. */
  readonly other: { readonly lab: string; readonly isRunning: boolean } | null;
}

const keptLines = 40;

export const startOf = (lab: string, form: Form, prediction?: readonly string[]): RunView => ({
  lab,
  form,
  ...(prediction && { prediction }),
  phase: 'precheck',
  stopping: false,
  said: [],
  faults: [],
  choices: [],
});

/** Pure: the view after one event. */
export function withEvent(view: RunView, event: RunEvent): RunView {
  switch (event.kind) {
    case 'phase':
      return { ...view, phase: event.phase };
    case 'predicted':
      return { ...view, predicted: event.sha256 };
    case 'progress': {
      const { label, done, total } = event;
      return { ...view, progress: { label, done, total } };
    }
    case 'say':
      return { ...view, said: [...view.said, event.text].slice(-keptLines) };
    case 'fault': {
      const { node, fault, active } = event;
      const others = view.faults.filter((one) => one.node !== node || one.fault !== fault);
      return { ...view, faults: active ? [...others, { node, fault }] : others };
    }
    case 'choices':
      return { ...view, choices: event.choices };
    case 'cluster':
      return view;
    case 'cluster-stopped':
      return { ...view, faults: [] };
  }
}
