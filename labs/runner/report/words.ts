import type { Lab, Parameters, LabVerdict } from '../lab.ts';
import type { LabResult, ResultRow } from '../result.ts';
import { digits, withUnit } from '../units.ts';

/** What the terminal and the report both say about a result. */

/** A symbol as well as a colour and a word. */
export const verdictSymbols: Readonly<Record<LabVerdict, string>> = { PASS: '✓', FAIL: '✗', UNKNOWN: '?' };

/** `S = 10 ms, p = 1%`; undefined where a lab has no parameters. */
export function parametersInWords({ parameters: known }: Lab, parameters: Parameters): string | undefined {
  const all = Object.entries(parameters).map(([name, value]) => `${name} = ${withUnit(value, known[name]!.unit)}`);
  return all.length === 0 ? undefined : all.join(', ');
}

/** One cell of the table; a value that is missing is `-`. */
export const cell = (value: number | null, { unit }: Pick<ResultRow, 'unit'>): string =>
  value === null ? '-' : withUnit(value, unit);

/** The prediction, marked as right or not right. */
export function predictedCell(row: ResultRow): string {
  if (row.right === null) return cell(row.predicted, row);
  return `${cell(row.predicted, row)} ${row.right ? verdictSymbols.PASS : verdictSymbols.FAIL}`;
}

export function intervalCell(row: ResultRow): string {
  const { low, high, confidence } = row;
  if (low === null || high === null) return '-';
  return low === high ? 'exact' : `${cell(low, row)} to ${cell(high, row)} (${digits(100 * confidence)}%)`;
}

/** Says whether the prediction was right, and which values were wrong. The table marks them, too. */
export function predictionInWords({ predictionRight, rows }: LabResult): string {
  if (!isPredicted({ rows })) return 'Nothing was predicted.';
  if (predictionRight === null) return 'Your prediction cannot be judged, because this run proves nothing.';
  if (predictionRight) return 'Your prediction was right.';
  const wrong = rows.filter(({ right }) => right === false).map(({ label }) => label);
  const which = rows.length === 1 ? '' : ` in ${wrong.length} of ${rows.length} values: ${wrong.join('; ')}`;
  return `Your prediction was not right${which}. Such a lab teaches you most.`;
}

const isPredicted = ({ rows }: Pick<LabResult, 'rows'>): boolean => rows.some(({ predicted }) => predicted !== null);

/** What the student does now: a heading, and one or two sentences. */
export function taskOf(result: Pick<LabResult, 'verdict' | 'rows'>): {
  readonly heading: string;
  readonly text: string;
} {
  if (result.verdict === 'UNKNOWN')
    return {
      heading: 'Run it again first',
      text:
        'This run proves nothing, so there is nothing to explain yet. The checks say what to do. Then run it ' +
        'again.',
    };
  if (isPredicted(result))
    return {
      heading: 'Explain the difference',
      text:
        'Explain the difference between your prediction and the measurement, in two sentences: ' +
        'what was right in your reasoning, and what did you not think of?',
    };
  return {
    heading: 'Explain the measurement',
    text: 'You made no prediction. Explain the measurement in two sentences. Next time, predict first: you learn more.',
  };
}
