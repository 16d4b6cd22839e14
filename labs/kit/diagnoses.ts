import type { FixedReport } from '../../services/monitor/fixed-detector.ts';
import { LabUnknownError } from '../runner/errors.ts';
import type { LabNode } from '../runner/lab.ts';
import { untilNo } from './until.ts';

/** What a monitor says of one node. */
export interface ReportedDiagnosis {
  readonly node: string;
  readonly verdict: string;
  readonly suspected: boolean;
  readonly phi: number;
  /** Absent until the monitor has looked once since its fixed detector was switched on. */
  readonly fixed?: FixedReport;
}

/** The diagnoses of all nodes by one monitor. */
export async function diagnosesOf(
  { id, host, publicPort }: LabNode,
  signal: AbortSignal,
): Promise<readonly ReportedDiagnosis[]> {
  const response = await fetch(`http://${host}:${publicPort}/api/diagnoses`, { signal });
  if (!response.ok) throw new LabUnknownError(`${id} does not answer`, 'run the lab again');
  return ((await response.json()) as { nodes: readonly ReportedDiagnosis[] }).nodes;
}

/** The first node that is not well, in words. */
export function notWell(diagnoses: readonly ReportedDiagnosis[]): string | undefined {
  const found = diagnoses.find(({ verdict, suspected }) => verdict !== 'healthy' || suspected);
  return found && `${found.node} is ${found.verdict === 'healthy' ? 'suspected' : found.verdict}`;
}

/** Waits for repairs and restarts, until `problem` resolves to undefined. */
export const untilWell = (problem: () => Promise<string | undefined>, signal: AbortSignal): Promise<void> =>
  untilNo(problem, { boundMs: 30_000, pollMs: 250, signal });
