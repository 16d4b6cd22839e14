import type { Diagnosis, Verdict } from '../../shared/membership/diagnosis.ts';
import { settle, wellStanding, type Standing } from '../../shared/membership/hysteresis.ts';
import type { Incident, OrderNote } from '../../shared/membership/incident.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { createExamination, facts, isUnknown, type Finding, type RepairUnderWay } from './examine.ts';
import { createIncidents } from './incidents.ts';
import type { Senses } from './senses.ts';
import { settings } from './settings.ts';

export interface JudgeOptions {
  readonly nodes: readonly string[];
  readonly senses: Senses;
  readonly clock: Clock;
  /** Incidents that an earlier life of this monitor left open. */
  readonly open?: readonly Incident[];
  /** By whom, and as what, its process was taken down for repair; undefined where it was not, or had time to come back. */
  readonly repairOf: (node: string) => RepairUnderWay | undefined;
  /** It was taken out of rotation as a limper, and the same process is still there. */
  readonly isDrained: (node: string) => boolean;
  /** Told whenever an incident opens, changes its outcome or verdict, or is given an order. */
  readonly onIncident: (incident: Incident) => void;
  readonly onVerdict?: (node: string, from: Verdict, standing: Standing) => void;
}

/** The current judgement of one node. */
export interface Opinion {
  /** Of the last window alone. */
  readonly seen: Diagnosis;
  /** After hysteresis. */
  readonly standing: Standing;
  readonly suspected: boolean;
  /** The process that it is about: after a crash the one that is gone, although another one may speak already. */
  readonly life: number | undefined;
  /** Silent here, but another monitor or a caller reaches it over the data network. */
  readonly reached: boolean;
}

/** Turns what is heard into verdicts, and verdicts into incidents. Acts on nothing. */
export interface Judge {
  /** A look at the silence of a node: stamps the first doubt. */
  readonly look: (node: string) => void;
  /** One window of watching is over. */
  readonly window: (node: string) => void;
  /** Something about a node became known: judged now if it is a fact, with the next window otherwise. */
  readonly news: (node: string) => void;
  readonly opinion: (node: string) => Opinion;
  readonly incident: (node: string) => Incident | undefined;
  /** A repair of the node was ordered, because it is `verdict`. */
  readonly ordered: (node: string, note: OrderNote, verdict: Verdict) => void;
}

export function createJudge({
  nodes,
  senses,
  clock,
  open = [],
  repairOf,
  isDrained,
  onIncident,
  onVerdict,
}: JudgeOptions): Judge {
  const incidents = createIncidents({ senses, clock, open, repairOf, onIncident });
  const opinions = new Map(nodes.map((node) => [node, atFirst(node)]));
  const examine = createExamination({
    senses,
    standing: (node) => opinions.get(node)?.standing,
    incident: incidents.of,
    repairOf,
    isDrained,
  });

  /** A monitor that was restarted in the middle of an incident goes on with what its earlier life had found. */
  function atFirst(node: string): Opinion {
    const well = wellStanding(clock.now());
    const { verdict, reasons = [] } = incidents.of(node) ?? {};
    const standing = verdict === undefined ? well : { ...well, verdict, reasons };
    return {
      seen: { node, verdict: 'healthy', reasons: [] },
      standing,
      suspected: false,
      life: undefined,
      reached: false,
    };
  }

  function suspected(node: string): boolean {
    const patient = senses.patient(node);
    if (patient.phase() === 'draining') return false;
    if (patient.reborn()) return true;
    // In a failure that is not over, a node that does not serve yet is not well yet.
    return (
      senses.phi(node) >= settings.suspectPhi || (incidents.of(node) !== undefined && patient.phase() === 'starting')
    );
  }

  function conclude(node: string, { seen, reached, isCertain = false }: Finding): void {
    const { standing: before } = opinions.get(node)!;
    const doubted = suspected(node);
    // Healthy windows count from when it serves again.
    const isCalm = doubted && seen.verdict === 'healthy';
    const standing = isCalm ? { ...before, rival: undefined } : settle(before, seen, clock.now(), isCertain);
    const opinion = { seen, standing, suspected: doubted, life: senses.patient(node).life(), reached };
    opinions.set(node, opinion);
    if (standing.verdict !== before.verdict) onVerdict?.(node, before.verdict, standing);
    incidents.advance(node, opinion);
  }

  return {
    look(node) {
      const before = opinions.get(node)!;
      const opinion = { ...before, suspected: suspected(node) };
      if (opinion.suspected === before.suspected) return;
      opinions.set(node, opinion);
      // A doubt that goes away is judged with its window: only then the incident can end.
      if (opinion.suspected) incidents.advance(node, opinion);
    },
    window(node) {
      const { standing, suspected: doubted } = opinions.get(node)!;
      const quiet = standing.verdict === 'healthy' && !standing.rival && !doubted && incidents.of(node) === undefined;
      if (quiet && !senses.interesting(node)) return;
      if (incidents.of(node) && isUnknown(senses, node)) return;
      conclude(node, examine(node));
    },
    news(node) {
      const found = examine(node);
      const { verdict } = found.seen;
      const isFact = facts.has(verdict) || found.isCertain === true;
      if (isFact && verdict !== opinions.get(node)!.standing.verdict) conclude(node, found);
    },
    opinion: (node) => opinions.get(node)!,
    incident: incidents.of,
    ordered: incidents.ordered,
  };
}
