import type { Verdict } from '../shared/membership/verdict.ts';
import type { Incident } from '../services/monitor/incident.ts';

/** One fault at one node, as the injector knows it. Detectors never see this. */
export interface Truth {
  readonly id: string;
  readonly kind: string;
  readonly node: string;
  readonly injectedAt: number;
  /** Undefined while it lasts. */
  readonly endedAt?: number;
  /**
   * The node carries out the fault and does not suffer from it, like the majority side of a partition. Monitors may
   * notice it, but need not.
   */
  readonly bystander?: boolean;
}

/** The parts of a line of the injector's journal that are needed here. */
export interface TruthEntry {
  /** Wall-clock ms. */
  readonly at: number;
  readonly event: string;
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  /** False where the target only takes part. */
  readonly casualty?: unknown;
}

/**
 * Faults at nodes, from the injector's journal. `undo` announces a fault, which may take effect from then on. `inject`
 * confirms it. `heal`, or a `halt` of everything, ends it.
 */
export function truthsIn(entries: readonly TruthEntry[]): Truth[] {
  const truths: Truth[] = [];
  const announcedAt = new Map<string, number>();
  const open = new Map<string, Truth>();
  const over = new Set<string>();
  const end = (key: string, at: number): void => {
    const truth = open.get(key);
    if (truth) truths.push({ ...truth, endedAt: at });
    open.delete(key);
  };
  for (const { at, event, id, kind, target, casualty } of entries) {
    const key = `${id} ${target}`;
    if (event === 'undo') {
      announcedAt.set(key, at);
      over.delete(key);
    }
    if (event === 'heal') over.add(key);
    // It was healed before it took effect.
    if (event === 'inject' && !over.has(key)) {
      const injectedAt = announcedAt.get(key) ?? at;
      open.set(key, { id, kind, node: target, injectedAt, ...(casualty === false && { bystander: true }) });
    }
    if (event === 'heal') end(key, at);
    if (event === 'halt') for (const each of open.keys()) end(each, at);
  }
  return [...truths, ...open.values()];
}

/**
 * Processes that ended without an injected fault, by a bug or by hand, as reported by their watchdogs. An exit during a
 * fault, or soon after it, belongs to that fault.
 */
export function exitTruths(nodes: readonly EndedProcesses[], injected: readonly Truth[], graceMs: number): Truth[] {
  return nodes.flatMap(({ id, exits }) =>
    exits.flatMap(({ at }): Truth[] => {
      const isPart = ({ node, injectedAt, endedAt = Infinity }: Truth) =>
        node === id && at >= injectedAt && at <= endedAt + graceMs;
      if (injected.some(isPart)) return [];
      return [{ id: `exit-${id}-${at}`, kind: uninjectedExit, node: id, injectedAt: at, endedAt: at }];
    }),
  );
}

interface EndedProcesses {
  readonly id: string;
  /** Wall-clock ms. */
  readonly exits: readonly { readonly at: number }[];
}

/** An exit that nobody injected has this instead of a kind of fault. */
export const uninjectedExit = 'exit, not injected';

export interface Score {
  /**
   * Injected kind -> diagnosed verdict -> count. `unseen`: no monitor noticed it. `doubt`: suspected, never diagnosed.
   * `rightly nothing`: a correct cluster need not notice it.
   */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Each incident with the fault that caused it; `stamps.inject` is the time of the injection. */
  readonly explained: readonly { readonly incident: Incident; readonly truth: Truth }[];
  /** Faults that ended before any monitor noticed them. They count neither as detected nor as repaired. */
  readonly censored: readonly Truth[];
  /** Incidents without a fault. */
  readonly falseAlarms: readonly Incident[];
  readonly falseAlarmsPerNodeHour: number;
}

interface ScoreOptions {
  readonly nodes: number;
  readonly observedMs: number;
  /** A fault explains incidents for this time after its end, because detectors look at windows. */
  readonly graceMs: number;
}

/** The right verdicts for each family of faults. Empty: a correct cluster need not notice it. */
export function expectedVerdicts(kind: string): readonly Verdict[] {
  if (kind === 'none' || kind === 'clock.skew' || kind === 'net.duplicate' || kind === 'limp.disk') return [];
  if (kind === uninjectedExit) return ['crashed'];
  if (kind === 'stop.hang') return ['hung'];
  // A node that gets almost no processor time looks stopped.
  if (kind === 'limp.cpu') return ['limping', 'hung'];
  // Callers cannot tell a slow network from a slow node.
  if (kind === 'net.delay') return ['limping', 'partitioned'];
  const family = kind.split('.')[0];
  const verdict: Readonly<Record<string, Verdict>> = {
    stop: 'crashed',
    limp: 'limping',
    byz: 'lying',
    net: 'partitioned',
  };
  return family !== undefined && verdict[family] ? [verdict[family]] : [];
}

/**
 * Joins the injected faults with the incidents. Each incident is explained by the last fault of its node that may have
 * caused the incident.
 */
export function score(truths: readonly Truth[], incidents: readonly Incident[], options: ScoreOptions): Score {
  const confusion: Record<string, Record<string, number>> = {};
  const explained: { incident: Incident; truth: Truth }[] = [];
  const censored: Truth[] = [];
  const inOrder = truths.toSorted((a, b) => a.injectedAt - b.injectedAt);
  const covers = (truth: Truth, { node, stamps: { detect } }: Incident): boolean =>
    node === truth.node && detect >= truth.injectedAt && detect <= (truth.endedAt ?? Infinity) + options.graceMs;
  const causes = new Map(incidents.map((incident) => [incident, inOrder.findLast((truth) => covers(truth, incident))]));
  for (const truth of inOrder) {
    if (truth.bystander) continue;
    const own = incidents.filter((incident) => causes.get(incident) === truth);
    const named = own.find((incident) => incident.verdict !== undefined);
    const isNothing = expectedVerdicts(truth.kind).length === 0;
    const said = named?.verdict ?? (own.length > 0 ? 'doubt' : isNothing ? 'rightly nothing' : 'unseen');
    const row = (confusion[truth.kind] ??= {});
    row[said] = (row[said] ?? 0) + 1;
    const first = named ?? own[0];
    if (first) explained.push({ truth, incident: { ...first, stamps: { ...first.stamps, inject: truth.injectedAt } } });
    else if (truth.endedAt !== undefined && !isNothing) censored.push(truth);
  }
  // An overload needs no injected fault.
  const falseAlarms = incidents.filter(
    (it) => !causes.get(it) && it.outcome !== 'doubt' && it.verdict !== 'overloaded',
  );
  const nodeHours = (options.nodes * options.observedMs) / 3_600_000;
  return {
    confusion,
    explained,
    censored,
    falseAlarms,
    falseAlarmsPerNodeHour: nodeHours > 0 ? falseAlarms.length / nodeHours : 0,
  };
}
