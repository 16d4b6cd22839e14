import { diagnose } from '../../shared/membership/diagnose.ts';
import type { Diagnosis, Verdict } from '../../shared/membership/diagnosis.ts';
import { settle, wellStanding, type Standing } from '../../shared/membership/hysteresis.ts';
import { advance, isCured, ordered, type Incident, type OrderNote, type Watch } from '../../shared/membership/incident.ts';
import type { RepairOrder } from '../../shared/membership/repair.ts';
import type { Clock } from '../../shared/time/clock.ts';
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

/** A process that was taken down, by whichever monitor. */
export interface RepairUnderWay {
  readonly by: string;
  /** Ordered by this monitor: its result is told as soon as it is known. */
  readonly isOwn: boolean;
  readonly do: RepairOrder['do'];
  readonly verdict: Verdict;
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
  /** A repair of the node was ordered, because it is `verdict`. */
  readonly ordered: (node: string, note: OrderNote, verdict: Verdict) => void;
}

/** Calls go down no further than through so many nodes. */
const maxDepth = 5;

/** So far apart may two monitors date the same order, ms. */
const toldMs = 1_000;

/** Facts need no second look. */
const facts: ReadonlySet<Verdict> = new Set(['crashed', 'hung', 'lying']);

function isNews(incident: Incident, before: Incident | undefined): boolean {
  if (!before || incident.orders !== before.orders || incident.stamps.fix !== before.stamps.fix) return true;
  return incident.outcome !== before.outcome || incident.verdict !== before.verdict;
}

interface Finding {
  readonly seen: Diagnosis;
  readonly reached: boolean;
  /** Another monitor has acted on it already: nothing is left to wait for. */
  readonly isCertain?: boolean;
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
  const incidents = new Map(open.map((incident) => [incident.node, incident]));
  const opinions = new Map(nodes.map((node) => [node, atFirst(node)]));
  /** Which process spoke for the node when its incident began. */
  const lives = new Map<string, number>();

  /** A monitor that was restarted in the middle of an incident goes on with what its earlier life had found. */
  function atFirst(node: string): Opinion {
    const well = wellStanding(clock.now());
    const { verdict, reasons = [] } = incidents.get(node) ?? {};
    const standing = verdict === undefined ? well : { ...well, verdict, reasons };
    return { seen: { node, verdict: 'healthy', reasons: [] }, standing, suspected: false, reached: false };
  }

  /** Neither it nor its watchdog was heard yet, so that nothing is known about it. */
  const isUnknown = (node: string): boolean =>
    senses.patient(node).incarnation() === undefined && senses.evidence(node).process !== 'exited';

  const reborn = (node: string): boolean => {
    // In a failure that has a name already, a new process is its repair; once it served again, another failure.
    const { diagnose: namedAt, fix: fixedAt } = incidents.get(node)?.stamps ?? {};
    return senses.patient(node).reborn() && (namedAt === undefined || fixedAt !== undefined);
  };

  /** Nobody is ill who is about to leave, and a node that loads its data is not ill yet. */
  function examine(node: string): Finding {
    if (senses.patient(node).phase() === 'draining')
      return { seen: { node, verdict: 'healthy', reasons: ['it is leaving'] }, reached: false };
    const { heartbeats, ...rest } = senses.evidence(node);
    // Who was never there cannot have gone: a cold standby refuses connections, too.
    if (isUnknown(node)) return { seen: { node, verdict: 'healthy', reasons: ['it was never heard'] }, reached: false };
    // Whoever calls a node that says itself that it is not open yet was too early.
    const callers = senses.patient(node).phase() === 'starting' ? [] : rest.callers;
    const evidence = { ...rest, callers, heartbeats: { ...heartbeats, reborn: reborn(node) } };
    const seen = diagnose({ ...evidence, waitsFor: waitsFor(node) }, senses.observer());
    // A silence that nobody has been asked about yet is a doubt; the answers are on their way.
    const asked = evidence.opsPort !== undefined || evidence.process !== undefined;
    const hasty =
      seen.verdict === 'crashed' && !asked && !evidence.heartbeats.reborn && evidence.callers.every((c) => c.refused === 0);
    const reached = evidence.otherMonitors === 'hear it' || evidence.callers.some(({ ok }) => ok > 0);
    // What is seen while a repair is under way is the repair: it takes the process down.
    const repair = facts.has(seen.verdict) ? repairOf(node) : undefined;
    if (repair) return { seen: { node, ...whyRepaired(node, repair) }, reached, isCertain: true };
    // Whom nobody calls since it was drained has shown nothing: what it was drained for stands, until it is restarted.
    const { verdict, reasons } = opinions.get(node)!.standing;
    if (verdict === 'limping' && seen.verdict === 'healthy' && isDrained(node) && callers.every((c) => c.okLately === 0))
      return { seen: { node, verdict, reasons }, reached };
    return { seen: hasty ? { ...seen, verdict: 'healthy' } : seen, reached };
  }

  /** This monitor's own word, where it has seen anything before the repair began. */
  function whyRepaired(node: string, repair: RepairUnderWay): Pick<Diagnosis, 'verdict' | 'reasons'> {
    const { verdict, reasons } = opinions.get(node)!.standing;
    if (verdict !== 'healthy') return { verdict, reasons };
    return { verdict: repair.verdict, reasons: [`${repair.by} found it ${repair.verdict}, and ordered: ${repair.do}`] };
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
    const firstBadAt = senses.firstBadAt(node, opinion.seen.verdict === 'lying');
    const now = clock.now();
    const watch: Watch = {
      at: clock.wall(),
      seen: opinion.seen.verdict,
      suspected: opinion.suspected,
      standing: opinion.standing.verdict,
      reasons: opinion.standing.reasons,
      firstBadAt: firstBadAt === undefined ? undefined : clock.wall() - Math.max(0, now - firstBadAt),
    };
    const incident = withRepair(advance(node, before, watch), watch);
    keep(node, before, incident);
    if (!before || !incident || incident.outcome === 'open') return;
    // What happens to it next begins after the fix at the earliest.
    const { fix = watch.at } = incident.stamps;
    keep(node, undefined, advance(node, incident, { ...watch, firstBadAt: Math.max(watch.firstBadAt ?? watch.at, fix) }));
  }

  /** With the repairs that this monitor has not ordered: of another monitor, or of the watchdog by itself. */
  function withRepair(incident: Incident | undefined, { at }: Watch): Incident | undefined {
    if (!incident || incident.outcome !== 'open') return incident;
    const { node, orders, verdict = 'crashed' } = incident;
    const { reborn, incarnation, formerIncarnation } = senses.patient(node);
    const life = reborn() ? formerIncarnation() : incarnation();
    // A monitor that was restarted itself has heard of nobody yet.
    if (!lives.has(node) && life !== undefined) lives.set(node, life);
    const repair = repairOf(node);
    if (repair && !repair.isOwn && orders.every(({ order }) => order !== repair.do))
      return ordered(incident, { at, order: repair.do, result: 'already', detail: `by ${repair.by}` }, repair.verdict);
    const restarted = lives.has(node) && incarnation() !== lives.get(node);
    if (incident.stamps.fix === undefined || !restarted || isCured(incident)) return incident;
    return ordered(incident, { at, order: 'restart', result: 'already', detail: 'by its watchdog' }, verdict);
  }

  function keep(node: string, before: Incident | undefined, incident: Incident | undefined): void {
    if (incident === before) return;
    if (incident === undefined || incident.outcome !== 'open') {
      incidents.delete(node);
      lives.delete(node);
    } else incidents.set(node, incident);
    if (incident && isNews(incident, before)) onIncident(incident);
  }

  function note(node: string, order: OrderNote, verdict: Verdict): void {
    const incident = incidents.get(node);
    // Others go on telling of what they ordered in an incident before, or in an earlier life of this monitor.
    const isTold = incident?.orders.some(
      (it) => it.order === order.order && it.detail === order.detail && it.at >= order.at - toldMs,
    );
    if (!incident || order.at < incident.stamps.manifest || (order.detail !== undefined && isTold)) return;
    const next = ordered(incident, order, verdict);
    incidents.set(node, next);
    onIncident(next);
  }

  function conclude(node: string, { seen, reached, isCertain = false }: Finding): void {
    const { standing: before } = opinions.get(node)!;
    const doubted = suspected(node);
    // Healthy windows count from when it serves again.
    const isCalm = doubted && seen.verdict === 'healthy';
    const standing = isCalm ? { ...before, rival: undefined } : settle(before, seen, clock.now(), isCertain);
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
      if (incidents.has(node) && isUnknown(node)) return;
      conclude(node, examine(node));
    },
    news(node) {
      const found = examine(node);
      const { verdict } = found.seen;
      const isFact = facts.has(verdict) || found.isCertain === true;
      if (isFact && verdict !== opinions.get(node)!.standing.verdict) conclude(node, found);
    },
    opinion: (node) => opinions.get(node)!,
    incident: (node) => incidents.get(node),
    ordered: note,
  };
}
