import { parseFaultRequest, type AbortIf, type Fault } from '../../shared/faults/envelope.ts';
import { kindAndParams, siteOf } from '../../shared/faults/kinds.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { FaultEnd } from '../../shared/faults/registry.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler, Timer } from '../../shared/time/scheduler.ts';
import { injectionOf, victimsOf, type Injection } from './experiment.ts';
import { unhealed, type Journal } from './journal.ts';
import { impossible, objections } from './safety.ts';
import type { Target } from './select.ts';
import { failing, minSamples, type SteadyMeter, type SteadyState } from './steady.ts';

export type Site = 'node' | 'watchdog';

/**
 * How targets are reached: over their ops ports live, by a function call in the simulation. Never over the data
 * network.
 */
export interface Targets {
  inject(site: Site, fault: Fault): Promise<void>;
  /** Resolves for a target that is gone: what does not exist needs no healing. */
  heal(site: Site, target: string, id: string): Promise<void>;
  /**
   * Tells every target that holds a fault of `owner` that the owner lives. What is over there, though nobody healed it.
   */
  renew(owner: string): Promise<readonly LostFault[]>;
  /** Every target heals everything, whoever injected it. */
  halt(): Promise<void>;
}

/** A fault that ended by itself at one target: by its time to live, or because the process was restarted. */
export interface LostFault {
  readonly id: string;
  readonly target: string;
  readonly end: FaultEnd;
}

interface ControllerOptions {
  readonly owner: string;
  readonly enabled: boolean;
  readonly nodes: readonly Target[];
  readonly targets: Targets;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly meter: SteadyMeter;
}

/** An injection in effect, with the moment (monotonic) at which its longest time to live is over. */
export interface ActiveInjection extends Omit<Injection, 'at'> {
  readonly kind: string;
  readonly injectedAt: number;
  readonly endsAt: number;
  readonly abortIf: Required<AbortIf>;
}

/**
 * Where a request says nothing: half of the answers wrong, or 10 s at the 90th percentile, is nobody's experiment any
 * more.
 */
export const defaultAbort: Required<AbortIf> = { errorShareAbove: 0.5, p90AboveMs: 10_000 };

const renewEveryMs = 1_000;
const watchEveryMs = 250;
/** How far back a look at the steady state goes. */
const lookBackMs = 3_000;

export type Controller = ReturnType<typeof createController>;

/** A sentence about the limit that is passed; undefined = within both, or too few probes to tell. */
function tooBad(state: SteadyState, { errorShareAbove, p90AboveMs }: Required<AbortIf>): string | undefined {
  if (state.samples < minSamples) return undefined;
  if (state.errorShare > errorShareAbove) return failing(state);
  return state.p90Ms > p90AboveMs ? `the 90th percentile is ${state.p90Ms.toFixed(0)} ms` : undefined;
}

/** Holds the leases, keeps the rules, writes the journal. What a fault does is the targets' affair. */
export function createController(options: ControllerOptions) {
  const { owner, enabled, nodes, targets, journal, clock, scheduler, meter } = options;
  const active = new Map<string, ActiveInjection>();
  let aborting: string | undefined;
  let halting: Promise<void> | undefined;
  let serial = 0;
  let halts = 0;
  let timers: Timer[] = [];
  let release: (() => void) | undefined;

  function keepWatch(): void {
    if (active.size > 0 && timers.length === 0) {
      release = meter.hold();
      const renew = () => void targets.renew(owner).then(forget, () => undefined);
      timers = [scheduler.every(renewEveryMs, renew), scheduler.every(watchEveryMs, look)];
    }
    if (active.size > 0 || timers.length === 0) return;
    for (const timer of timers) timer.cancel();
    timers = [];
    release?.();
  }

  /** What is over at its targets is over here, too: the journal is the truth that diagnoses are scored by. */
  function forget(lost: readonly LostFault[]): void {
    for (const { id, target, end } of lost) {
      const injection = active.get(id);
      if (!injection?.faults.some((fault) => fault.target === target)) continue;
      const faults = injection.faults.filter((fault) => fault.target !== target);
      const casualties = injection.casualties.filter((casualty) => casualty !== target);
      if (faults.length > 0) active.set(id, { ...injection, faults, casualties });
      else active.delete(id);
      journal.note({ event: 'heal', id, kind: injection.kind, target, end });
    }
    keepWatch();
  }

  /** Forgets what is over by its own time to live, and stops everything when it has gone too far. */
  function look(): void {
    const now = clock.now();
    for (const injection of active.values()) {
      if (injection.endsAt > now) continue;
      active.delete(injection.id);
      for (const { target } of injection.faults)
        journal.note({ event: 'heal', id: injection.id, kind: injection.kind, target, end: 'ttl' });
    }
    const reason = [...active.values()].map(tooFar).find((sentence) => sentence !== undefined);
    if (reason !== undefined) void halt(reason, 'abort');
    keepWatch();
  }

  function tooFar({ id, injectedAt, abortIf }: ActiveInjection): string | undefined {
    const state = meter.state(Math.max(injectedAt, clock.now() - lookBackMs));
    const reason = tooBad(state, abortIf);
    return reason && `${id}: ${reason}`;
  }

  function describe(value: unknown): {
    injection: Omit<Injection, 'at'>;
    kind: string;
    abortIf: AbortIf;
    against: string[];
  } {
    const request = parseFaultRequest(value);
    kindAndParams(request.kind, request.params);
    const id = request.id ?? `${request.kind}-${clock.wall().toString(36)}-${++serial}`;
    const injection = injectionOf(request, id, victimsOf(request, nodes));
    return { injection, kind: request.kind, abortIf: request.abortIf ?? {}, against: against(injection, request.kind) };
  }

  function against(injection: Omit<Injection, 'at'>, kind: string): string[] {
    return objections({ ...injection, kind }, { enabled, aborting, nodes, active: [...active.values()] });
  }

  /** Also what the victims are going to refuse. */
  function objectionsTo(injection: Omit<Injection, 'at'>): string[] {
    const victims = injection.faults.map(({ target }) => target);
    const { kind } = injection.faults[0]!;
    return [...against(injection, kind), ...impossible(kind, victims, nodes)];
  }

  /** Injects at all victims or, when one cannot be reached or refuses, at none. */
  async function carryOut(injection: Omit<Injection, 'at'>, abortIf: AbortIf = {}): Promise<ActiveInjection> {
    const [first] = injection.faults;
    if (!first) throw new RpcError('bad_request', 'an injection needs a victim');
    const { kind } = first;
    const refusals = against(injection, kind);
    if (refusals.length > 0) {
      journal.note({ event: 'refuse', id: injection.id, kind, target: first.target, reasons: refusals });
      throw new RpcError('conflict', refusals.join('; '));
    }
    const site = siteOf(kind, first.params);
    const injectedAt = clock.now();
    const endsAt = injectedAt + Math.max(...injection.faults.map(({ startAt, ttlMs }) => startAt + ttlMs));
    const limits = { ...defaultAbort, ...first.abortIf, ...abortIf };
    const entry: ActiveInjection = { ...injection, kind, injectedAt, endsAt, abortIf: limits };
    active.set(injection.id, entry);
    keepWatch();
    for (const { target } of injection.faults) journal.note({ event: 'undo', id: injection.id, kind, target, site });
    // All are waited for: one that is slow must not be injected after it was healed.
    const outcomes = await Promise.allSettled(
      injection.faults.map(async (fault) => {
        await targets.inject(site, { ...fault, owner });
        const { target, ttlMs } = fault;
        const casualty = injection.casualties.includes(target);
        if (active.has(injection.id))
          journal.note({ event: 'inject', id: injection.id, kind, target, ttlMs, casualty });
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) {
      await heal(injection.id, 'failed');
      throw failed.reason;
    }
    // A halt came while the targets were on their way: they may have healed before they were injected.
    if (!active.has(injection.id)) await healTargets(entry);
    return entry;
  }

  async function healTargets({ id, kind, faults }: ActiveInjection): Promise<void> {
    const site = siteOf(kind, faults[0]!.params);
    await Promise.allSettled(faults.map(({ target }) => targets.heal(site, target, id)));
  }

  /**
   * False when it is not in effect. A target that cannot be reached does not block the others: its lease will end
   * there.
   */
  async function heal(id: string, end = 'healed'): Promise<boolean> {
    const injection = active.get(id);
    if (!injection) return false;
    active.delete(id);
    await healTargets(injection);
    for (const { target } of injection.faults) journal.note({ event: 'heal', id, kind: injection.kind, target, end });
    keepWatch();
    return true;
  }

  /**
   * Stops everything, whoever began it; while it runs nothing new is let in. Who says so again meanwhile waits for the
   * same end.
   */
  function halt(reason: string, event: 'halt' | 'abort' = 'halt'): Promise<void> {
    return (halting ??= stopEverything(reason, event).finally(() => (halting = undefined)));
  }

  async function stopEverything(reason: string, event: 'halt' | 'abort'): Promise<void> {
    aborting = reason;
    halts++;
    try {
      journal.note({ event, id: '*', kind: '*', target: '*', reason });
      const ids = [...active.keys()];
      await Promise.allSettled([targets.halt(), ...ids.map((id) => heal(id, event))]);
    } finally {
      aborting = undefined;
      keepWatch();
    }
  }

  return {
    /** Who would be hit, and what speaks against it. Touches nothing. Throws `bad_request` for what is not valid. */
    dryRun(value: unknown): {
      victims: readonly string[];
      casualties: readonly string[];
      objections: readonly string[];
    } {
      const { injection } = describe(value);
      const victims = injection.faults.map(({ target }) => target);
      return { victims, casualties: injection.casualties, objections: objectionsTo(injection) };
    },
    /** What speaks against an injection if it were carried out now. */
    objectionsTo,
    /** Throws `bad_request` for what is not valid, `conflict` with everything that speaks against it. */
    async inject(value: unknown): Promise<ActiveInjection> {
      const { injection, kind, abortIf, against: before } = describe(value);
      // What is in effect already explains what users feel; who says beyondTolerance has looked.
      const mustBeSteady = before.length === 0 && active.size === 0 && kind !== 'none' && !injection.beyondTolerance;
      const haltsBefore = halts;
      const unsteady = mustBeSteady ? tooBad(await meter.burst(), { ...defaultAbort, ...abortIf }) : undefined;
      if (halts > haltsBefore) throw new RpcError('conflict', 'everything was stopped meanwhile');
      if (unsteady !== undefined) {
        const reasons = [`the cluster is not steady, before anything was broken: ${unsteady}`];
        journal.note({ event: 'refuse', id: injection.id, kind, target: injection.faults[0]!.target, reasons });
        throw new RpcError('conflict', reasons[0]!);
      }
      return carryOut(injection, abortIf);
    },
    carryOut,
    heal: (id: string) => heal(id),
    halt: (reason: string) => halt(reason),
    /** How often everything was stopped so far, by people or by abort rules. */
    halts: (): number => halts,
    list: (): readonly ActiveInjection[] => [...active.values()],
    /** At boot: heals what an earlier life left behind. How much that was. */
    async recover(): Promise<number> {
      const left = unhealed(journal.recent());
      for (const { id, kind, target } of left) {
        await Promise.allSettled([targets.heal('node', target, id), targets.heal('watchdog', target, id)]);
        journal.note({ event: 'heal', id, kind, target, end: 'recovered' });
      }
      return left.length;
    },
    /** At exit: heals what this controller injected. */
    async stop(): Promise<void> {
      for (const id of active.keys()) await heal(id, 'shutdown');
    },
  };
}
