import { seedOf, drawParameters, type Owner } from './parameters.ts';
import type { Prediction } from './prediction.ts';
import type { Check, FaultProof, Findings, Form, Lab, Parameters, Point, Unit, LabVerdict } from './lab.ts';
import { completed, isRight, labVerdictOf } from './verdict.ts';
import type { HostNoise } from './host-noise.ts';
import { shownConfidence } from '../statistics/interval.ts';

/** One row of a result: predicted | theory | measured. */
export interface ResultRow {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  readonly x?: number;
  readonly predicted: number | null;
  /** Whether the prediction was right; null: nothing was predicted or measured, or the run is UNKNOWN. */
  readonly right: boolean | null;
  readonly theory: number;
  readonly measured: number | null;
  readonly n: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly confidence: number;
}

/** All that a run found. A virtual result of the same seed has the same bytes. */
export interface LabResult {
  readonly lab: string;
  readonly name: string;
  readonly form: Form;
  readonly seed: string;
  readonly owner: Owner;
  readonly parameters: Parameters;
  readonly verdict: LabVerdict;
  readonly labPassed: boolean;
  /** Whether all values were predicted right; null: one value is not judged. */
  readonly predictionRight: boolean | null;
  readonly because: string | null;
  readonly rows: readonly ResultRow[];
  readonly checks: readonly Check[];
  readonly faults: readonly FaultProof[];
  readonly timeline: readonly string[];
  /** Virtual time knows no noise. */
  readonly hostNoise: HostNoise | null;
  readonly hintsRead: number;
  /** The command that repeats this run. */
  readonly command: string;
}

interface ResultParts {
  readonly lab: Lab;
  readonly form: Form;
  readonly owner: Owner;
  readonly prediction: Prediction | undefined;
  readonly findings: Findings;
  readonly hostNoise: HostNoise | null;
  readonly hintsRead: number;
  /** It ran on the cluster of the user. */
  readonly attached?: boolean;
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

const isMeasured = (point: Point | undefined): point is Point => Number.isFinite(point?.measured);

export function labResultOf(parts: ResultParts): LabResult {
  const { lab, form, owner, prediction, findings: found, hostNoise, hintsRead, attached = false } = parts;
  const parameters = drawParameters(lab, owner);
  const quantities = lab.quantities(parameters);
  const findings = completed(found, quantities);
  const verdict = labVerdictOf(findings.checks);
  const rows = quantities.map(({ id, label, unit, x, theory }, i): ResultRow => {
    const point = findings.points.find((it) => it.id === id);
    const predicted = finite(prediction?.values[i]);
    return {
      id,
      label,
      unit,
      ...(x !== undefined && { x }),
      predicted,
      right: predicted === null || !isMeasured(point) || verdict === 'UNKNOWN' ? null : isRight(predicted, point),
      theory,
      measured: finite(point?.measured),
      n: point?.n ?? 0,
      low: finite(point?.interval.low),
      high: finite(point?.interval.high),
      confidence: point?.interval.confidence ?? shownConfidence,
    };
  });
  return {
    lab: lab.id,
    name: lab.name,
    form,
    seed: seedOf(owner, lab.id),
    owner,
    parameters,
    verdict,
    labPassed: verdict === 'PASS',
    predictionRight: rows.some(({ right }) => right === null) ? null : rows.every(({ right }) => right),
    because: prediction?.because ?? null,
    rows,
    checks: findings.checks,
    faults: findings.faults ?? [],
    timeline: findings.timeline,
    hostNoise,
    hintsRead,
    command: commandOf(lab.id, attached ? 'attach' : form, owner),
  };
}

function commandOf(id: string, form: Form | 'attach', { seed, student }: Owner): string {
  const who = student === undefined ? (seed === undefined ? '' : ` --seed ${seed}`) : ` --student ${student}`;
  return `npm run lab -- ${id} --${form}${who}`;
}
