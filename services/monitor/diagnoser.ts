import type { Verdict } from '../../shared/membership/verdict.ts';
import type { Assessment } from './assessment.ts';
import { nextStanding, wellStanding, type Standing } from './hysteresis.ts';
import type { Incident, OrderNote } from './incident.ts';
import type { Clock } from '../../shared/time/clock.ts';
import {
  createWindowDiagnosis,
  facts,
  isUnknown,
  type WindowDiagnosis,
  type RepairUnderWay,
} from './window-diagnosis.ts';
import { createOpenIncidents } from './open-incidents.ts';
import type { FailureDetector } from './failure-detector.ts';
import { settings } from './settings.ts';

export interface DiagnoserOptions {
  readonly nodes: readonly string[];
  readonly detector: FailureDetector;
  readonly clock: Clock;
  /** Incidents that an earlier life of this monitor left open. */
  readonly open?: readonly Incident[];
  /**
   * The repair that is taking the node's process down. Undefined without such a repair, or when the process has had
   * time to come back.
   */
  readonly repairOf: (node: string) => RepairUnderWay | undefined;
  /** A repair drained it, and the same process still runs. */
  readonly isDrained: (node: string) => boolean;
  /** Called whenever an incident opens, changes its outcome or verdict, is fixed, or gets an order. */
  readonly onIncident: (incident: Incident) => void;
  readonly onVerdict?: (node: string, from: Verdict, standing: Standing) => void;
}

/** Turns evidence into verdicts, and verdicts into incidents. It orders nothing. */
export interface Diagnoser {
  /** Checks the silence of a node. When suspicion begins, the incident notes the time at once. */
  readonly look: (node: string) => void;
  /** One window is over: the node is diagnosed. */
  readonly window: (node: string) => void;
  /** There is news about a node. A certain verdict counts at once, any other at the end of the window. */
  readonly news: (node: string) => void;
  readonly assessment: (node: string) => Assessment;
  readonly incident: (node: string) => Incident | undefined;
  /** A repair of the node was ordered, because of `verdict`. */
  readonly ordered: (node: string, note: OrderNote, verdict: Verdict) => void;
}

export function createDiagnoser({
  nodes,
  detector,
  clock,
  open = [],
  repairOf,
  isDrained,
  onIncident,
  onVerdict,
}: DiagnoserOptions): Diagnoser {
  const incidents = createOpenIncidents({ detector, clock, open, repairOf, onIncident });
  const assessments = new Map(nodes.map((node) => [node, atFirst(node)]));
  const diagnoseWindow = createWindowDiagnosis({
    detector,
    standing: (node) => assessments.get(node)?.standing,
    incident: incidents.of,
    repairOf,
    isDrained,
  });

  /** A monitor that was restarted during an incident goes on with the verdict of its earlier life. */
  function atFirst(node: string): Assessment {
    const well = wellStanding(clock.now());
    const { verdict, reasons = [] } = incidents.of(node) ?? {};
    const standing = verdict === undefined ? well : { ...well, verdict, reasons };
    return {
      seen: { node, verdict: 'healthy', reasons: [] },
      standing,
      suspected: false,
      aboutIncarnation: undefined,
      reached: false,
    };
  }

  function suspected(node: string): boolean {
    const record = detector.record(node);
    if (record.phase() === 'draining') return false;
    if (record.restartedUnannounced()) return true;
    // During an incident, a node that is still starting stays suspected.
    return (
      detector.phi(node) >= settings.suspectPhi || (incidents.of(node) !== undefined && record.phase() === 'starting')
    );
  }

  function conclude(node: string, { seen, reached, isCertain = false }: WindowDiagnosis): void {
    const { standing: before } = assessments.get(node)!;
    const doubted = suspected(node);
    // Healthy windows of a suspected node do not count. After a failure, a node is suspected until it serves again.
    const isCalm = doubted && seen.verdict === 'healthy';
    const standing = isCalm ? { ...before, rival: undefined } : nextStanding(before, seen, clock.now(), isCertain);
    const assessment = {
      seen,
      standing,
      suspected: doubted,
      aboutIncarnation: detector.record(node).aboutIncarnation(),
      reached,
    };
    assessments.set(node, assessment);
    if (standing.verdict !== before.verdict) onVerdict?.(node, before.verdict, standing);
    incidents.advance(node, assessment);
  }

  return {
    look(node) {
      const before = assessments.get(node)!;
      const assessment = { ...before, suspected: suspected(node) };
      if (assessment.suspected === before.suspected) return;
      assessments.set(node, assessment);
      // The end of a suspicion counts at the end of the window, because only a window can end an incident.
      if (assessment.suspected) incidents.advance(node, assessment);
    },
    window(node) {
      const { standing, suspected: doubted } = assessments.get(node)!;
      const quiet = standing.verdict === 'healthy' && !standing.rival && !doubted && incidents.of(node) === undefined;
      if (quiet && !detector.interesting(node)) return;
      if (incidents.of(node) && isUnknown(detector, node)) return;
      conclude(node, diagnoseWindow(node));
    },
    news(node) {
      const found = diagnoseWindow(node);
      const { verdict } = found.seen;
      const isFact = facts.has(verdict) || found.isCertain === true;
      if (isFact && verdict !== assessments.get(node)!.standing.verdict) conclude(node, found);
    },
    assessment: (node) => assessments.get(node)!,
    incident: incidents.of,
    ordered: incidents.ordered,
  };
}
