import { diagnose } from '../../shared/membership/diagnose.ts';
import type { Diagnosis, Verdict } from '../../shared/membership/diagnosis.ts';
import { settle, wellStanding, type Standing } from '../../shared/membership/hysteresis.ts';
import { advance, ordered, type Incident, type OrderNote } from '../../shared/membership/incident.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Senses } from './senses.ts';
import { settings } from './settings.ts';

export interface JudgeOptions {
  readonly nodes: readonly string[];
  readonly senses: Senses;
  readonly clock: Clock;
  /** Incidents that an earlier life of this monitor left open. */
  readonly open?: readonly Incident[];
  /** Its process was taken down for repair, and had no time yet to come back. */
  readonly isUnderRepair: (node: string) => boolean;
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
  /** A repair of the node was ordered. */
  readonly ordered: (node: string, note: Omit<OrderNote, 'at'>) => void;
}

/** Calls go down no further than through so many nodes. */
const maxDepth = 5;

/** Facts need no second look. */
const facts: ReadonlySet<Verdict> = new Set(['crashed', 'hung', 'lying']);

export function createJudge({ nodes, senses, clock, open = [], isUnderRepair, onIncident, onVerdict }: JudgeOptions): Judge {
  const calm = (node: string): Opinion => ({
    seen: { node, verdict: 'healthy', reasons: [] },
    standing: wellStanding(clock.now()),
    suspected: false,
    reached: false,
  });
  const opinions = new Map(nodes.map((node) => [node, calm(node)]));
  const incidents = new Map(open.map((incident) => [incident.node, incident]));

  /** Nobody is ill who is about to leave, and a node that loads its data is not ill yet. */
  function examine(node: string): { seen: Diagnosis; reached: boolean } {
    if (senses.patient(node).phase() === 'draining')
      return { seen: { node, verdict: 'healthy', reasons: ['it is leaving'] }, reached: false };
    const { heartbeats, ...rest } = senses.evidence(node);
    // Who was never there cannot have gone: a cold standby refuses connections, too.
    if (heartbeats.phi === undefined && rest.process !== 'exited')
      return { seen: { node, verdict: 'healthy', reasons: ['it was never heard'] }, reached: false };
    // In a failure that has a name already, a new process is its repair.
    const evidence = {
      ...rest,
      heartbeats: { ...heartbeats, reborn: heartbeats.reborn && !incidents.get(node)?.stamps.diagnose },
    };
    const seen = diagnose({ ...evidence, waitsFor: waitsFor(node) }, senses.observer());
    // A silence that nobody has been asked about yet is a doubt; the answers are on their way.
    const asked = evidence.opsPort !== undefined || evidence.process !== undefined;
    const hasty =
      seen.verdict === 'crashed' && !asked && !evidence.heartbeats.reborn && evidence.callers.every((c) => c.refused === 0);
    const reached = evidence.otherMonitors === 'hear it' || evidence.callers.some(({ ok }) => ok > 0);
    // What is seen while a repair is under way is the repair: it takes the process down.
    const { verdict, reasons } = opinions.get(node)!.standing;
    if (facts.has(seen.verdict) && verdict !== 'healthy' && isUnderRepair(node))
      return { seen: { node, verdict, reasons }, reached };
    return { seen: hasty ? { ...seen, verdict: 'healthy' } : seen, reached };
  }

  /** The node below that keeps it waiting, however far below. */
  function waitsFor(node: string, depth = 0): string | undefined {
    if (depth > maxDepth) return undefined;
    for (const [callee, complaints] of senses.calledBy(node)) {
      if (complaints > 0 || (opinions.get(callee)?.standing.verdict ?? 'healthy') !== 'healthy') return callee;
      const deeper = waitsFor(callee, depth + 1);
      if (deeper !== undefined) return deeper;
    }
    return undefined;
  }

  function suspected(node: string): boolean {
    const patient = senses.patient(node);
    if (patient.phase() === 'draining') return false;
    if (patient.reborn()) return true;
    // In a failure that is not over, a node that does not serve yet is not well yet.
    return senses.phi(node) >= settings.suspectPhi || (incidents.has(node) && patient.phase() === 'starting');
  }

  function keepBooks(node: string, opinion: Opinion): void {
    const before = incidents.get(node);
    const firstBadAt = senses.firstBadAt(node);
    const now = clock.now();
    const incident = advance(node, before, {
      at: clock.wall(),
      seen: opinion.seen.verdict,
      suspected: opinion.suspected,
      standing: opinion.standing.verdict,
      reasons: opinion.standing.reasons,
      firstBadAt: firstBadAt === undefined ? undefined : clock.wall() - Math.max(0, now - firstBadAt),
    });
    if (incident === before) return;
    if (incident === undefined || incident.outcome !== 'open') incidents.delete(node);
    else incidents.set(node, incident);
    if (incident && (incident.outcome !== before?.outcome || incident.verdict !== before.verdict)) onIncident(incident);
  }

  function note(node: string, order: Omit<OrderNote, 'at'>): void {
    const incident = incidents.get(node);
    if (!incident) return;
    const next = ordered(incident, { at: clock.wall(), ...order });
    incidents.set(node, next);
    onIncident(next);
  }

  function conclude(node: string, { seen, reached }: { seen: Diagnosis; reached: boolean }): void {
    const { standing: before } = opinions.get(node)!;
    const doubted = suspected(node);
    // Healthy windows count from when it serves again.
    const standing = doubted && seen.verdict === 'healthy' ? { ...before, rival: undefined } : settle(before, seen, clock.now());
    const opinion = { seen, standing, suspected: doubted, reached };
    opinions.set(node, opinion);
    if (standing.verdict !== before.verdict) onVerdict?.(node, before.verdict, standing);
    keepBooks(node, opinion);
  }

  return {
    look(node) {
      const before = opinions.get(node)!;
      const opinion = { ...before, suspected: suspected(node) };
      if (opinion.suspected === before.suspected) return;
      opinions.set(node, opinion);
      // A doubt that goes away is judged with its window: only then the incident can end.
      if (opinion.suspected) keepBooks(node, opinion);
    },
    window(node) {
      const { standing, suspected: doubted } = opinions.get(node)!;
      const quiet = standing.verdict === 'healthy' && !standing.rival && !doubted && !incidents.has(node);
      if (quiet && !senses.interesting(node)) return;
      conclude(node, examine(node));
    },
    news(node) {
      const found = examine(node);
      const { verdict } = found.seen;
      if (facts.has(verdict) && verdict !== opinions.get(node)!.standing.verdict) conclude(node, found);
      if (
        senses.patient(node).reborn() &&
        !incidents.get(node)?.orders.some(({ result }) => result === 'done' || result === 'already')
      )
        note(node, { order: 'restart', result: 'already', detail: 'by its watchdog, unasked' });
    },
    opinion: (node) => opinions.get(node)!,
    incident: (node) => incidents.get(node),
    ordered: note,
  };
}
