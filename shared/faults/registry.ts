import type { Logger } from 'pino';
import type { Metrics } from '../observe/metrics.ts';
import { RpcError } from '../rpc/errors.ts';
import type { Clock } from '../time/clock.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';
import { activate, type ActiveFault } from './active.ts';
import { parseFault, type Fault } from './envelope.ts';
import { createFaultMetrics, type CountedFault } from './fault-metrics.ts';
import type { FaultHost } from './host.ts';
import { faultKinds, kindAndParams, siteOf } from './kinds.ts';

/** `done`: the fault undid itself. `restart`: a new process replaced the faulty one. */
export type FaultEnd = 'healed' | 'done' | 'ttl' | 'lease' | 'halt' | 'shutdown' | 'restart';

/** A fault and its counts, as `/admin/faults` shows it. `remainingMs`: the rest of its time to live. */
export interface FaultStatus {
  readonly fault: Fault;
  readonly state: 'pending' | 'active' | 'ended';
  readonly matched: number;
  readonly applied: number;
  readonly remainingMs: number;
  readonly end?: FaultEnd;
}

/** One line of the journal. `at`: wall-clock ms. */
export interface FaultEvent {
  readonly at: number;
  readonly event: 'inject' | 'begin' | 'heal';
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly end?: FaultEnd;
  readonly matched?: number;
  readonly applied?: number;
}

/** A target's answer to an owner that renews its lease. */
export interface Renewal {
  readonly held: readonly FaultRef[];
  readonly ended: readonly (FaultRef & { readonly end: FaultEnd })[];
}

export interface FaultRef {
  readonly id: string;
  readonly target: string;
}

const nameOf = ({ fault: { id, target } }: { readonly fault: Fault }): FaultRef => ({ id, target });

interface RegistryOptions {
  /** Whether this registry is responsible for a target: one node, or all nodes of a watchdog. */
  readonly answersFor: (target: string) => boolean;
  readonly site: 'node' | 'watchdog';
  /** The true clock, which faults do not change: times to live use it. */
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly host: FaultHost;
  readonly journal?: (event: FaultEvent) => void;
  readonly metrics?: Metrics;
  readonly log?: Pick<Logger, 'warn'>;
  /** A fault heals when its owner was silent for this long. */
  readonly leaseMs?: number;
}

interface Entry extends CountedFault {
  readonly key: string;
  readonly injectedAt: number;
  /** When the owner last renewed the lease. */
  renewedAt: number;
  active?: ActiveFault;
  timer?: Timer;
}

const remembered = 200;

export type FaultRegistry = ReturnType<typeof createFaultRegistry>;

/**
 * The faults of one node or watchdog. Every fault ends in `end`, exactly once, for one of the reasons in `FaultEnd`.
 * Bad input throws `bad_request` or `conflict` and changes nothing.
 */
export function createFaultRegistry(options: RegistryOptions) {
  const { answersFor, site, clock, scheduler, host, journal, metrics, log, leaseMs = 5_000 } = options;
  const entries = new Map<string, Entry>();
  const ended: FaultStatus[] = [];
  let active: readonly ActiveFault[] = [];
  let leaseTimer: Timer | undefined;
  const measured = metrics && createFaultMetrics(metrics, () => entries.values());

  function note(event: FaultEvent['event'], fault: Fault, more: Partial<FaultEvent> = {}): void {
    journal?.({ at: clock.wall(), event, id: fault.id, kind: fault.kind, target: fault.target, ...more });
  }

  function refresh(): void {
    active = [...entries.values()].flatMap((entry) => entry.active ?? []);
    if (entries.size > 0) leaseTimer ??= scheduler.every(leaseMs / 4, checkLeases);
    else {
      leaseTimer?.cancel();
      leaseTimer = undefined;
    }
  }

  function checkLeases(): void {
    for (const { key, renewedAt } of entries.values()) if (clock.now() - renewedAt > leaseMs) end(key, 'lease');
  }

  function begin(entry: Entry): void {
    const { fault } = entry;
    entry.timer = scheduler.after(fault.ttlMs, () => end(entry.key, 'ttl'));
    entry.active = activate(fault, {
      clock,
      scheduler,
      host,
      warn: (text) => log?.warn({ fault: fault.id }, text),
      onOver: () => end(entry.key, 'done'),
    });
    measured?.began(fault);
    note('begin', fault);
    refresh();
  }

  function end(key: string, how: FaultEnd): void {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    entry.timer?.cancel();
    const { fault } = entry;
    const { matched = 0, applied = 0 } = entry.active ?? {};
    entry.active?.stop();
    measured?.ended(entry);
    ended.push({ ...status(entry), state: 'ended', remainingMs: 0, end: how });
    if (ended.length > remembered) ended.shift();
    note('heal', fault, { end: how, matched, applied });
    if (entry.active && applied === 0 && fault.probability > 0 && fault.kind !== 'none')
      log?.warn(
        { fault, matched },
        `the fault ${fault.id} (${fault.kind}) ${matched === 0 ? 'matched nothing' : 'changed nothing'}`,
      );
    refresh();
  }

  function status(entry: Entry): FaultStatus {
    const { fault, injectedAt } = entry;
    return {
      fault,
      state: entry.active ? 'active' : 'pending',
      matched: entry.active?.matched ?? 0,
      applied: entry.active?.applied ?? 0,
      remainingMs: Math.max(0, injectedAt + fault.startAt + fault.ttlMs - clock.now()),
    };
  }

  /** Throws `bad_request` for a fault that cannot be carried out here. */
  function possibleHere(value: unknown): Fault {
    const parsed = parseFault(value);
    const { kind, params } = kindAndParams(parsed.kind, parsed.params);
    const fault: Fault = { ...parsed, params: params as Fault['params'] };
    if (!answersFor(fault.target)) throw new RpcError('bad_request', `fault: target ${fault.target} is not here`);
    const right = siteOf(fault.kind, fault.params);
    if (right !== site)
      throw new RpcError('bad_request', `fault: ${fault.kind} is carried out by the ${right}, not by a ${site}`);
    const lacking = host.lacks(kind, fault.params);
    if (lacking !== undefined)
      throw new RpcError('bad_request', `fault: ${fault.kind} is not possible here: ${lacking}`);
    return fault;
  }

  return {
    /** Idempotent for an equal fault. Throws `bad_request` or, if another fault has the same id, `conflict`. */
    inject(value: unknown): FaultStatus {
      const fault = possibleHere(value);
      const key = `${fault.id} ${fault.target}`;
      const existing = entries.get(key);
      if (existing) {
        if (JSON.stringify(existing.fault) === JSON.stringify(fault)) return status(existing);
        throw new RpcError('conflict', `fault: the id ${fault.id} is taken by another fault`);
      }
      const entry: Entry = {
        key,
        fault,
        injectedAt: clock.now(),
        renewedAt: clock.now(),
        counted: { matched: 0, applied: 0 },
      };
      entries.set(key, entry);
      note('inject', fault);
      if (fault.startAt > 0) entry.timer = scheduler.after(fault.startAt, () => begin(entry));
      else begin(entry);
      refresh();
      return status(entry);
    },
    /** Ends the fault at all targets here; false if there was none. */
    heal(id: string): boolean {
      const found = [...entries.values()].filter((entry) => entry.fault.id === id);
      for (const { key } of found) end(key, 'healed');
      return found.length > 0;
    },
    /** Ends all faults; returns how many there were. */
    healAll(how: FaultEnd = 'halt'): number {
      const keys = [...entries.keys()];
      for (const key of keys) end(key, how);
      return keys.length;
    },
    /** A new process of `target` serves: ends the faults that cannot outlive a process. */
    processReplaced(target: string): void {
      for (const { key, fault, active: begun } of entries.values())
        if (begun && fault.target === target && faultKinds.get(fault.kind)?.endsWithProcess) end(key, 'restart');
    },
    /**
     * The owner renews the lease of the `wanted` faults, or of all its faults. Its other faults here end with their
     * lease: the owner released them while this target was unreachable. Returns the owner's faults here, and how its
     * last ones ended.
     */
    renew(owner: string, wanted?: readonly FaultRef[]): Renewal {
      const isIts = ({ fault }: { fault: Fault }) => fault.owner === owner;
      const own = [...entries.values()].filter(isIts);
      for (const entry of own) {
        const { id, target } = entry.fault;
        if (!wanted || wanted.some((it) => it.id === id && it.target === target)) entry.renewedAt = clock.now();
      }
      return { held: own.map(nameOf), ended: ended.filter(isIts).map((it) => ({ ...nameOf(it), end: it.end! })) };
    },
    list: (): FaultStatus[] => [...entries.values()].map(status),
    /** The faults that ended last, oldest first. */
    history: (): readonly FaultStatus[] => ended,
    /** In order of their start. The array is replaced, never changed. */
    active: (): readonly ActiveFault[] => active,
  };
}
