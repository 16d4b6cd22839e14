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
  formula: 'a detector names a failure if one of its sources shows it: silence a stop, latency a limp, votes a lie',
  assumptions: [
    'one replica of three is broken, and the other two are healthy',
    'at least two callers use the replicas',
    'calls come all the time',
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
    broken: 'the monitors get no evidence',
    control: 'all three replicas limp or lie in the same way, so there is no healthy replica to compare with',
  },
  hints: [
    'What does each of the three broken nodes still do? Which other nodes can notice it?',
    'A heartbeat shows that a process runs. A caller sees how long an answer takes. Only a second answer to the same ' +
      'question shows that the first answer is wrong.',
    'A shop is closed, or it is slow, or it sells wrong goods. If you look at its lights, you notice only the closed ' +
      'shop. If you measure the time, you also notice the slow shop. To notice the wrong goods, compare several shops.',
  ],
  explanation: ({ limp }) =>
    `Each kind of failure needs its own evidence. A stopped node sends no heartbeats, so silence shows it. A node that
answers ${limp!} ms late sends its heartbeats in time. Only its callers notice it, because other replicas are faster. A
lying node sends its heartbeats and its answers in time. To find it, a monitor needs several answers to the same
question, and a majority.

A crash is the easiest failure to notice. A slow node is harder, and a Byzantine node is the hardest, because it may do
anything. The evidence also costs more and more. A heartbeat has a few bytes. Reports about calls need several callers.
A vote needs two or three calls instead of one. So first decide which failures your system must survive.

If all three replicas break in the same way, the monitors notice only the stop. For a limp or a lie, they need a healthy
replica to compare with. More replicas do not help against a common cause.`,
  transfer: {
    question:
      'A disk returns old data, and the checksums are right. Which of the three failures is this? What shows it?',
    answer:
      'It is a lie: the answer is wrong, but looks right. Heartbeats, latencies and checksums do not show it. A ' +
      'comparison with another replica shows it, or a version number in the answer.',
  },
});
