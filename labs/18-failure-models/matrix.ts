import { check, exactly, unknown } from '../kit/checks.ts';
import type { Check, Point } from '../runner/lab.ts';

export const faults = ['stop', 'limp', 'lie'] as const;
export type MatrixFault = (typeof faults)[number];

/** What each of three monitors hears. All three watch the same nodes. */
export const detectors = {
  heartbeats: { calls: false, votes: false, monitors: false },
  calls: { votes: false, monitors: false },
  votes: { monitors: false },
} as const;
/** The callers ask the replicas in turn, put each answer to the vote, and hide no slow one. */
export const callersPolicy = {
  base: 'naive',
  quorum: { operations: { 'ranking.rank': { when: 'always' }, 'ranking.search': { when: 'always' } } },
  verify: true,
} as const;

export type Detector = keyof typeof detectors;
export const detectorNames = Object.keys(detectors) as readonly Detector[];

export const detectorInWords: Readonly<Record<Detector, string>> = {
  heartbeats: 'heartbeats only',
  calls: 'heartbeats and calls',
  votes: 'heartbeats, calls and votes',
};

/** What a monitor calls each of the three faults. */
const names: Readonly<Record<MatrixFault, string>> = { stop: 'crashed', limp: 'limping', lie: 'lying' };
const sees: Readonly<Record<Detector, readonly MatrixFault[]>> = {
  heartbeats: ['stop'],
  calls: ['stop', 'limp'],
  votes: ['stop', 'limp', 'lie'],
};

export const namedBy = (detector: Detector): number => sees[detector].length;

const expected = (fault: MatrixFault, detector: Detector): string =>
  sees[detector].includes(fault) ? names[fault] : 'healthy';

/** The first verdict of each detector about each broken node; `healthy` if it never had another verdict. */
export type Matrix = Readonly<Record<MatrixFault, Readonly<Record<Detector, string>>>>;

export const matrixPoints = (matrix: Matrix): readonly Point[] =>
  detectorNames.map((detector) => {
    const right = faults.filter((fault) => matrix[fault][detector] === names[fault]).length;
    return exactly(detector, right, faults.length);
  });

/** One check for each of the nine cells. `applied`: whether the fault changed something. */
export const matrixChecks = (matrix: Matrix, applied: (fault: MatrixFault) => boolean = () => true): readonly Check[] =>
  faults.flatMap((fault) =>
    detectorNames.map((detector) => {
      const wanted = expected(fault, detector);
      const label = `${detectorInWords[detector]}: a ${fault} is called ${wanted}`;
      if (!applied(fault))
        return unknown(label, 'the fault changed nothing, or most searches failed', 'run the lab again');
      const found = matrix[fault][detector];
      return check(label, found === wanted, `it is called ${found}`);
    }),
  );

export const matrixLines = (matrix: Matrix): readonly string[] =>
  [
    ['', ...detectorNames.map((detector) => detectorInWords[detector])],
    ...faults.map((fault) => [fault, ...detectorNames.map((detector) => matrix[fault][detector])]),
  ].map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(i === 0 ? 6 : 28))
      .join('')
      .trimEnd(),
  );
