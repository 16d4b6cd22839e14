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
   * The repair that is taking the node's process down. Undefined without such a repair, or when the process has had
   * time to come back.
   */
  readonly repairOf: (node: string) => RepairUnderWay | undefined;
  /** A repair drained it, and the same process still runs. */
  readonly isDrained: (node: string) => boolean;
}

/** An order of any monitor that takes a process down. */
export interface RepairUnderWay {
  readonly by: string;
  /** This monitor gave the order, and will learn its result. */
  readonly isOwn: boolean;
  readonly do: RepairOrder['do'];
  readonly verdict: Verdict;
}

/** The result for one node and one window. */
export interface WindowDiagnosis {
  readonly seen: Diagnosis;
  readonly reached: boolean;
  /** A monitor has already ordered a repair, so hysteresis does not apply. */
  readonly isCertain?: boolean;
}

/** Verdicts that count after one window. */
export const facts: ReadonlySet<Verdict> = new Set(['crashed', 'hung', 'lying']);

/** A call passes at most this many nodes, one below the other. */
const maxDepth = 5;

/** Nothing is known about it: neither the node nor its watchdog was heard yet. */
export const isUnknown = (detector: FailureDetector, node: string): boolean =>
  detector.record(node).incarnation() === undefined && detector.evidence(node).process !== 'exited';

/** The diagnosis of one window, given the repairs that are under way. */
export function createWindowDiagnosis({
  detector,
  standing,
  incident,
  repairOf,
  isDrained,
}: WindowDiagnosisOptions): (node: string) => WindowDiagnosis {
  const restartedUnannounced = (node: string): boolean => {
    // While a diagnosed failure lasts, a new process is its repair. After the fix, a new process is another failure.
    const { diagnose: namedAt, fix: fixedAt } = incident(node)?.stamps ?? {};
    return detector.record(node).restartedUnannounced() && (namedAt === undefined || fixedAt !== undefined);
  };

  /** A node that is leaving, or that was never heard, counts as healthy. */
  function diagnoseWindow(node: string): WindowDiagnosis {
    if (detector.record(node).phase() === 'draining')
      return { seen: { node, verdict: 'healthy', reasons: ['it is leaving'] }, reached: false };
    const { heartbeats, ...rest } = detector.evidence(node);
    // A node that was never heard cannot have crashed: a cold standby refuses connections, too.
    if (isUnknown(detector, node))
      return { seen: { node, verdict: 'healthy', reasons: ['it was never heard'] }, reached: false };
    // The node says that it is still starting, so its callers were too early.
    const callers = detector.record(node).phase() === 'starting' ? [] : rest.callers;
    const evidence = {
      ...rest,
      callers,
      heartbeats: { ...heartbeats, restartedUnannounced: restartedUnannounced(node) },
    };
    const seen = diagnose({ ...evidence, waitsFor: waitsFor(node) }, detector.observer());
    // Until the result of a probe is known, a silence is only a doubt.
    const asked = evidence.opsPort !== undefined || evidence.process !== undefined;
    const hasty =
      seen.verdict === 'crashed' &&
      !asked &&
      !evidence.heartbeats.restartedUnannounced &&
      evidence.callers.every((c) => c.refused === 0);
    const reached = evidence.otherMonitors === 'hear it' || evidence.callers.some(({ ok }) => ok > 0);
    // A repair takes the process down, and the evidence then shows only this.
    const repair = facts.has(seen.verdict) ? repairOf(node) : undefined;
    if (repair) return { seen: { node, ...whyRepaired(node, repair) }, reached, isCertain: true };
    // A drained node that nobody calls has shown nothing new, so its verdict holds until it is restarted.
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

  /** This monitor's own verdict, if it had one before the repair began. */
  function whyRepaired(node: string, repair: RepairUnderWay): Pick<Diagnosis, 'verdict' | 'reasons'> {
    const { verdict, reasons } = standing(node)!;
    if (verdict !== 'healthy') return { verdict, reasons };
    return { verdict: repair.verdict, reasons: [`${repair.by} found it ${repair.verdict}, and ordered: ${repair.do}`] };
  }

  /** The node in trouble for which this node waits, directly or through other nodes. */
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
