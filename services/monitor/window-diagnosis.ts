import { diagnose } from './decision-table.ts';
import type { Diagnosis } from './decision-table.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { Standing } from './hysteresis.ts';
import type { Incident } from './incident.ts';
import type { RepairOrder } from './repair-policy.ts';
import type { FailureDetector } from './failure-detector.ts';

export interface WindowDiagnosisOptions {
  readonly detector: FailureDetector;
  readonly standing: (node: string) => Standing | undefined;
  readonly incident: (node: string) => Incident | undefined;
  /**
   * By whom, and as what, its process was taken down for repair; undefined where it was not, or had time to come back.
   */
  readonly repairOf: (node: string) => RepairUnderWay | undefined;
  /** It was taken out of rotation as a limper, and the same process is still there. */
  readonly isDrained: (node: string) => boolean;
}

/** A process that was taken down, by whichever monitor. */
export interface RepairUnderWay {
  readonly by: string;
  /** Ordered by this monitor: its result is told as soon as it is known. */
  readonly isOwn: boolean;
  readonly do: RepairOrder['do'];
  readonly verdict: Verdict;
}

/** What one look at a node comes to. */
export interface Finding {
  readonly seen: Diagnosis;
  readonly reached: boolean;
  /** Another monitor has acted on it already: nothing is left to wait for. */
  readonly isCertain?: boolean;
}

/** Facts need no second look. */
export const facts: ReadonlySet<Verdict> = new Set(['crashed', 'hung', 'lying']);

/** Calls go down no further than through so many nodes. */
const maxDepth = 5;

/** Neither it nor its watchdog was heard yet, so that nothing is known about it. */
export const isUnknown = (detector: FailureDetector, node: string): boolean =>
  detector.record(node).incarnation() === undefined && detector.evidence(node).process !== 'exited';

/** The diagnosis of one window, in the light of what is being done about the node. */
export function createWindowDiagnosis({
  detector,
  standing,
  incident,
  repairOf,
  isDrained,
}: WindowDiagnosisOptions): (node: string) => Finding {
  const restartedUnannounced = (node: string): boolean => {
    // In a failure that has a name already, a new process is its repair; once it served again, another failure.
    const { diagnose: namedAt, fix: fixedAt } = incident(node)?.stamps ?? {};
    return detector.record(node).restartedUnannounced() && (namedAt === undefined || fixedAt !== undefined);
  };

  /** Nobody is ill who is about to leave, and a node that loads its data is not ill yet. */
  function diagnoseWindow(node: string): Finding {
    if (detector.record(node).phase() === 'draining')
      return { seen: { node, verdict: 'healthy', reasons: ['it is leaving'] }, reached: false };
    const { heartbeats, ...rest } = detector.evidence(node);
    // Who was never there cannot have gone: a cold standby refuses connections, too.
    if (isUnknown(detector, node))
      return { seen: { node, verdict: 'healthy', reasons: ['it was never heard'] }, reached: false };
    // Whoever calls a node that says itself that it is not open yet was too early.
    const callers = detector.record(node).phase() === 'starting' ? [] : rest.callers;
    const evidence = {
      ...rest,
      callers,
      heartbeats: { ...heartbeats, restartedUnannounced: restartedUnannounced(node) },
    };
    const seen = diagnose({ ...evidence, waitsFor: waitsFor(node) }, detector.observer());
    // A silence that nobody has been asked about yet is a doubt; the answers are on their way.
    const asked = evidence.opsPort !== undefined || evidence.process !== undefined;
    const hasty =
      seen.verdict === 'crashed' &&
      !asked &&
      !evidence.heartbeats.restartedUnannounced &&
      evidence.callers.every((c) => c.refused === 0);
    const reached = evidence.otherMonitors === 'hear it' || evidence.callers.some(({ ok }) => ok > 0);
    // What is seen while a repair is under way is the repair: it takes the process down.
    const repair = facts.has(seen.verdict) ? repairOf(node) : undefined;
    if (repair) return { seen: { node, ...whyRepaired(node, repair) }, reached, isCertain: true };
    // Whom nobody calls since it was drained has shown nothing: what it was drained for stands, until it is restarted.
    const { verdict, reasons } = standing(node)!;
    if (
      verdict === 'limping' &&
      seen.verdict === 'healthy' &&
      isDrained(node) &&
      callers.every((c) => c.okLately === 0)
    )
      return { seen: { node, verdict, reasons }, reached };
    return { seen: hasty ? { ...seen, verdict: 'healthy' } : seen, reached };
  }

  /** This monitor's own word, where it has seen anything before the repair began. */
  function whyRepaired(node: string, repair: RepairUnderWay): Pick<Diagnosis, 'verdict' | 'reasons'> {
    const { verdict, reasons } = standing(node)!;
    if (verdict !== 'healthy') return { verdict, reasons };
    return { verdict: repair.verdict, reasons: [`${repair.by} found it ${repair.verdict}, and ordered: ${repair.do}`] };
  }

  /** The node below that keeps it waiting, however far below. */
  function waitsFor(node: string, depth = 0): string | undefined {
    if (depth > maxDepth) return undefined;
    for (const [callee, complaints] of detector.calledBy(node)) {
      if (complaints > 0 || (standing(callee)?.verdict ?? 'healthy') !== 'healthy') return callee;
      const deeper = waitsFor(callee, depth + 1);
      if (deeper !== undefined) return deeper;
    }
    return undefined;
  }

  return diagnoseWindow;
}
