import type { LabVerdict } from '../../runner/lab.ts';
import type { RunOutcome } from '../run-view.ts';

/** How a run ended, as a sentence. */
export function outcomeInWords(outcome: RunOutcome): string {
  switch (outcome.kind) {
    case 'judged':
      return judged[outcome.verdict];
    case 'unknown':
      return `Unknown: ${outcome.cause}. It costs no attempt. Next: ${outcome.next}.`;
    case 'interrupted':
      return 'Stopped. Nothing is left running, and no attempt is counted.';
    case 'failed':
      return `The lab did not run: ${outcome.cause}. No attempt is counted.`;
  }
}

const judged: Readonly<Record<LabVerdict, string>> = {
  PASS: 'The lab passed. The result is below.',
  FAIL: 'The lab failed. The result below says why.',
  UNKNOWN: 'The run proves nothing, and costs no attempt. The result below says why.',
};
