import type { AbortIf, Fault } from '../../shared/faults/envelope.ts';
import { siteOf } from '../../shared/faults/kinds.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { FaultEnd } from '../../shared/faults/registry.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler, Timer } from '../../shared/time/scheduler.ts';
import { injectionOf, type Injection } from './experiment.ts';
import { unhealed, type Journal } from './journal.ts';
import { parseRequest, victimsOf } from './request.ts';
import { impossible, objections } from './safety.ts';
import type { Target } from './select.ts';
import { failing, minSamples, type SteadyMeter, type SteadyState } from './steady.ts';

export type Site = 'node' | 'watchdog';

/**
 * Reaches the targets: over their ops ports in a live cluster, by a function call in the simulation. Never over the
 * data network.
 */
export interface Targets {
  inject(site: Site, fault: Fault): Promise<void>;
  /** Resolves also if the target is gone: its faults ended with it. */
  heal(site: Site, target: string, id: string): Promise<void>;
  /**
   * Renews the lease at every target that holds a fault of `owner`. Returns the faults that ended there by themselves.
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

/** The default limits: no useful experiment needs half of the probes to fail, or 10 s at the 90th percentile. */
const defaultAbort: Required<AbortIf> = { errorShareAbove: 0.5, p90AboveMs: 10_000 };

const renewEveryMs = 1_000;
const watchEveryMs = 250;
/** How far back the steady state is measured. */
const lookBackMs = 3_000;

export type Controller = ReturnType<typeof createController>;

/** A sentence about the exceeded limit; undefined = within both limits, or too few probes. */
function tooBad(state: SteadyState, { errorShareAbove, p90AboveMs }: Required<AbortIf>): string | undefined {
  if (state.samples < minSamples) return undefined;
  if (state.errorShare > errorShareAbove) return failing(state);
  return state.p90Ms > p90AboveMs ? `the 90th percentile is ${state.p90Ms.toFixed(0)} ms` : undefined;
}

/** Holds the leases, enforces the rules and writes the journal. The targets carry out the faults. */
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

  /**
   * A fault that ended at its target ends here, too, and the journal says so, because diagnoses are compared with the
   * journal.
   */
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

  /** Removes faults whose time to live is over, and stops everything when an abort limit is exceeded. */
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

  /** The injection that a request asks for. Throws `bad_request`. */
  function requested(value: unknown): Omit<Injection, 'at'> {
    const request = parseRequest(value);
    const id = request.id ?? `${request.kind}-${clock.wall().toString(36)}-${++serial}`;
    return injectionOf(request, id, victimsOf(request, nodes));
  }

  function against(injection: Omit<Injection, 'at'>): string[] {
    const { kind } = injection.faults[0]!;
    return objections({ ...injection, kind }, { enabled, aborting, nodes, active: [...active.values()] });
  }

  /** Includes the reasons for which the targets would refuse. */
  function objectionsTo(injection: Omit<Injection, 'at'>): string[] {
    const victims = injection.faults.map(({ target }) => target);
    return [...against(injection), ...impossible(injection.faults[0]!.kind, victims, nodes)];
  }

  function refuse({ id, faults }: Omit<Injection, 'at'>, reasons: readonly string[]): never {
    const { kind, target } = faults[0]!;
    journal.note({ event: 'refuse', id, kind, target, reasons });
    throw new RpcError('conflict', reasons.join('; '));
  }

  /** Injects at all targets; at none if one of them refuses or cannot be reached. */
  async function carryOut(injection: Omit<Injection, 'at'>, abortIf: AbortIf = {}): Promise<ActiveInjection> {
    const { kind, params, abortIf: ownLimits } = injection.faults[0]!;
    const refusals = against(injection);
    if (refusals.length > 0) refuse(injection, refusals);
    const site = siteOf(kind, params);
    const injectedAt = clock.now();
    const endsAt = injectedAt + Math.max(...injection.faults.map(({ startAt, ttlMs }) => startAt + ttlMs));
    const limits = { ...defaultAbort, ...ownLimits, ...abortIf };
    const entry: ActiveInjection = { ...injection, kind, injectedAt, endsAt, abortIf: limits };
    active.set(injection.id, entry);
    keepWatch();
    for (const { target } of injection.faults) journal.note({ event: 'undo', id: injection.id, kind, target, site });
    // Waits for all targets. Otherwise, after a failure at one target, all targets would be healed, and then the fault
    // could still begin at a slow one.
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
    // A halt came during the injection: at some targets, the fault may have begun after they were healed.
    if (!active.has(injection.id)) await healTargets(entry);
    return entry;
  }

  async function healTargets({ id, kind, faults }: ActiveInjection): Promise<void> {
    const site = siteOf(kind, faults[0]!.params);
    await Promise.allSettled(faults.map(({ target }) => targets.heal(site, target, id)));
  }

  /** False when the fault is not in effect. An unreachable target does not block the others: the lease ends there. */
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
   * Stops all faults, whoever injected them; refuses new ones until it has finished. A second call waits for the first.
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
    /** Returns the targets and the objections, and changes nothing. Throws `bad_request` for an invalid request. */
    dryRun(value: unknown): {
      victims: readonly string[];
      casualties: readonly string[];
      objections: readonly string[];
    } {
      const injection = requested(value);
      const victims = injection.faults.map(({ target }) => target);
      return { victims, casualties: injection.casualties, objections: objectionsTo(injection) };
    },
    /** The objections to an injection now. */
    objectionsTo,
    /** Throws `bad_request` for an invalid request, and `conflict` with all objections. */
    async inject(value: unknown): Promise<ActiveInjection> {
      const injection = requested(value);
      const { kind, abortIf } = injection.faults[0]!;
      // The cluster need not be steady while faults are in effect, because they may be the reason. With
      // `beyondTolerance` the user accepts an unsteady cluster.
      const mustBeSteady =
        against(injection).length === 0 && active.size === 0 && kind !== 'none' && !injection.beyondTolerance;
      const haltsBefore = halts;
      const unsteady = mustBeSteady ? tooBad(await meter.burst(), { ...defaultAbort, ...abortIf }) : undefined;
      if (halts > haltsBefore) throw new RpcError('conflict', 'everything was stopped meanwhile');
      if (unsteady !== undefined)
        refuse(injection, [`the cluster is not steady, and no fault is in effect yet: ${unsteady}`]);
      return carryOut(injection);
    },
    carryOut,
    heal: (id: string) => heal(id),
    halt: (reason: string) => halt(reason),
    /** The number of halts so far, by people or by abort rules. */
    halts: (): number => halts,
    list: (): readonly ActiveInjection[] => [...active.values()],
    /** At start: heals the faults that an earlier process left behind. Returns their number. */
    async recover(): Promise<number> {
      const left = unhealed(journal.recent());
      for (const { id, kind, target } of left) {
        await Promise.allSettled([targets.heal('node', target, id), targets.heal('watchdog', target, id)]);
        journal.note({ event: 'heal', id, kind, target, end: 'recovered' });
      }
      return left.length;
    },
    /** At exit: heals the faults that this controller injected. */
    async stop(): Promise<void> {
      for (const id of active.keys()) await heal(id, 'shutdown');
    },
  };
}
