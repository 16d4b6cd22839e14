import { nothing } from '../kit/checks.ts';
import { lab } from '../runner/lab.ts';
import { liveMatrix } from './live.ts';
import {
  detectorNames,
  faults,
  detectorInWords,
  type Matrix,
  matrixChecks,
  matrixLines,
  matrixPoints,
  namedBy,
} from './matrix.ts';
import { simulatedVerdicts } from './model.ts';

/** Three kinds of failures, and three monitors that hear more and more. */
export const failureModels = lab({
  id: '18',
  name: 'failure-models',
  topic: 'failure models',
  question: 'A node stops, limps or lies. Which of the three can a monitor notice if it hears only heartbeats?',
  seconds: 50,
  cores: 2,
  failuresExpected: true,
  parameters: { limp: { unit: 'ms', values: [400, 300, 500] } },
  formula: 'a detector names a failure when one of its sources shows it: silence a stop, latency a limp, votes a lie',
  assumptions: [
    'one replica of three is broken, so the others show what is right and what is fast',
    'at least two callers use the replicas, so that no caller accuses alone',
    'calls come all the time: where nobody calls, nobody can complain',
  ],
  quantities: () =>
    detectorNames.map((detector) => ({
      id: detector,
      label: `named rightly, of ${faults.length}: ${detectorInWords[detector]}`,
      unit: 'count' as const,
      theory: namedBy(detector),
    })),
  async virtual({ limp }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const log: string[] = [];
    const rows: [string, Matrix[keyof Matrix]][] = [];
    for (const fault of faults) {
      const found = await simulatedVerdicts(fault, { seed, limpMs: limp!, variant });
      rows.push([fault, found.verdicts]);
      log.push(`${fault}:`, ...found.log.map((line) => `  ${line}`));
    }
    const matrix = Object.fromEntries(rows) as unknown as Matrix;
    return {
      points: matrixPoints(matrix),
      checks: matrixChecks(matrix),
      timeline: [...matrixLines(matrix), ...log],
    };
  },
  async live({ limp }, context) {
    const { matrix, proofs, isUsed } = await liveMatrix(limp!, context);
    return {
      points: matrixPoints(matrix),
      checks: matrixChecks(matrix, (fault) => isUsed && proofs[fault].applied > 0),
      timeline: matrixLines(matrix),
      faults: Object.values(proofs),
    };
  },
  variants: {
    broken: 'the monitors hear nothing at all',
    control: 'all three replicas limp, or lie, in the same way, so there is nothing to compare with',
  },
  hints: [
    'What does each of the three broken nodes still do? Which of these things can be seen from outside, and by whom?',
    'A heartbeat shows that a process runs. A caller sees how long an answer takes. Only a second answer to the same ' +
      'question shows that the first one is wrong.',
    'A shop is closed, slow, or sells fakes. Its light in the window shows one of the three. A customer with a watch ' +
      'notices two. To notice all three, one must compare what different shops sell.',
  ],
  explanation: ({ limp }) =>
    `Each kind of failure needs its own evidence. A stopped node sends no heartbeats, so silence shows it. A node that
answers ${limp!} ms late sends its heartbeats in time: only its callers can see it, and only by comparison with its
peers. A lying node is in time with heartbeats and answers. To find it, a monitor needs a second answer to the same
question, and a majority.

The models contain each other: a crash is the kindest failure, an omission or a delay is worse, and a Byzantine node may
do anything. A detector for a wider model costs more: heartbeats are a few bytes, reports of callers need callers, and
votes need two or three calls instead of one. So a designer first decides which failures the system must survive.

In the negative control all three replicas break in the same way. Then the stop is still named, but the limp and the lie
are not: a comparison needs a healthy replica. No number of replicas helps against a common cause.`,
  transfer: {
    question:
      'A disk returns old data, and its checksums are right. Which of the three models is this, and what notices it?',
    answer:
      'A lie: the answer is wrong and looks right. Heartbeats, latencies and checksums stay silent. A comparison ' +
      'with another replica, or a version number in the answer, shows it.',
  },
});
