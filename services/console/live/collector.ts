import type { Topology } from '../../../shared/cluster/topology.ts';
import type { View } from '../../../shared/membership/view.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { sleep, type Scheduler } from '../../../shared/time/scheduler.ts';
import type { AvailabilityReport, Incident } from '../../monitor/contract.ts';
import type { UsualTimes } from '../../traces/contract.ts';
import { faultsPatienceMs, type LedView, type Sources } from '../sources.ts';
import { createChangeWatch } from './change-watch.ts';
import { createHistory } from './history.ts';
import type { createNodeReadings } from './node-readings.ts';
import type { NodeNow, Snapshot } from './snapshot.ts';
import { createWorstStates } from './worst-states.ts';

const secondMs = 1_000;

/** How often the nodes' numbers are read, ms: less often than the view, because each node must answer a request. */
const readEveryMs = 2_000;

interface Pace {
  /** The time from one snapshot to the next, ms. */
  readonly everyMs: number;
  /** The longest wait of a snapshot for answers, ms. Later answers are in the next snapshot. */
  readonly gatherMs: number;
  /** Availability and usual times change slowly, and cost the monitor and the component `traces` some work. */
  readonly reportsEveryMs: number;
}

const eachSecond: Pace = { everyMs: secondMs, gatherMs: 400, reportsEveryMs: 5_000 };

/**
 * The pace while no page is open and no node changes. A snapshot then waits longer for answers: if an answer missed a
 * snapshot, the next snapshot would come 5 s later, and the answer would be too old by then.
 */
const seldom: Pace = { everyMs: 5 * secondMs, gatherMs: 2_000, reportsEveryMs: 25_000 };

/** An older view does not count as the present state, ms. */
const viewStaleMs = 3_000;

/** A list of faults counts until the next one has come, even if each list takes the longest possible time, ms. */
const faultsStaleMs = faultsPatienceMs + 2 * secondMs;

/** The reports that readers get besides snapshots, each when it has changed. */
export interface Reports {
  readonly incidents: readonly Incident[];
  readonly availability: AvailabilityReport | undefined;
  /** Where the time of the usual request goes; null without requests. */
  readonly times: UsualTimes | null;
}

export type Listener = (event: 'snapshot' | keyof Reports, json: string, number: number) => void;

interface CollectorOptions {
  readonly topology: Topology;
  readonly sources: Sources;
  readonly readings: ReturnType<typeof createNodeReadings>;
  /** The last view that this node itself received. */
  readonly ownView: () => View | undefined;
  /** Whether a page is open. */
  readonly isWatched: () => boolean;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/**
 * Gathers one snapshot a second from monitors, chaos controller and ops ports. While no page is open, it gathers one
 * every five seconds, but one a second for ten seconds after a node has changed. So a page that opens later can show
 * the past. A snapshot becomes JSON once, however many pages are open.
 */
export function createLiveCollector(options: CollectorOptions) {
  const { topology, sources, readings, ownView, isWatched, clock, scheduler } = options;
  const history = createHistory();
  const listeners = new Set<Listener>();
  const reports: Record<keyof Reports, string> = { incidents: '[]', availability: 'null', times: 'null' };
  const view = remembered<LedView>(clock);
  const worstOf = createWorstStates();
  const faults = remembered<Snapshot['faults']>(clock);
  const hasChanged = createChangeWatch(ownView, clock);
  let number = 0;
  let startedAt = -Infinity;
  let readAt = -Infinity;
  let reportedAt = -Infinity;
  let last: Snapshot | undefined;

  function tell(event: Parameters<Listener>[0], json: string): void {
    for (const listener of listeners) listener(event, json, number);
  }

  function report(name: keyof Reports, value: unknown): void {
    const json = JSON.stringify(value ?? null);
    if (json === reports[name]) return;
    reports[name] = json;
    tell(name, json);
  }

  /** The timer may be a little early. */
  const isDue = (lastAt: number, everyMs: number): boolean => clock.now() - lastAt > everyMs - secondMs / 2;

  async function tick({ gatherMs, reportsEveryMs }: Pace): Promise<void> {
    const now = clock.now();
    const isReading = isDue(readAt, readEveryMs);
    const isReporting = isDue(reportedAt, reportsEveryMs);
    startedAt = now;
    if (isReading) readAt = now;
    if (isReporting) reportedAt = now;
    const gathered = Promise.allSettled([
      ...(isReading ? [readings.ask()] : []),
      view.renew(sources.view),
      faults.renew(async () => (await sources.faults()) ?? null),
      sources.incidents().then((value) => value && report('incidents', value)),
      ...(isReporting
        ? [
            sources.availability().then((value) => value && report('availability', value)),
            sources.times().then((value) => value && report('times', value)),
          ]
        : []),
    ]);
    await Promise.race([gathered, sleep(scheduler, gatherMs)]);
    number++;
    last = snapshot();
    const json = JSON.stringify(last);
    history.add({ number, json });
    tell('snapshot', json);
  }

  function snapshot(): Snapshot {
    const fresh = view.value(viewStaleMs);
    const worst = fresh && worstOf(fresh);
    const members = new Map((fresh ?? ownView())?.members.map((member) => [member.node, member]));
    const { live, ...traffic } = readings.now();
    const nodes = topology.nodes.map(({ id }): [string, NodeNow] => {
      const member = members.get(id);
      const its = live.get(id);
      return [
        id,
        {
          state: worst?.get(id) ?? member?.state ?? 'unknown',
          ...(member?.verdict !== undefined && { verdict: member.verdict }),
          ...(member?.silentMs !== undefined && { silentMs: Math.round(member.silentMs) }),
          ...(its && { live: its }),
        },
      ];
    });
    return {
      number,
      at: Math.round(clock.wall()),
      ...(fresh && { monitor: fresh.monitor }),
      ...(fresh?.leader !== undefined && { leader: fresh.leader }),
      nodes: Object.fromEntries(nodes),
      ...traffic,
      faults: faults.value(faultsStaleMs) ?? null,
    };
  }

  const timer = scheduler.every(secondMs, () => {
    // `hasChanged` comes first, so that it runs each second: it compares with the view of its last call.
    const pace = hasChanged() || isWatched() ? eachSecond : seldom;
    if (isDue(startedAt, pace.everyMs)) void tick(pace);
  });
  void tick(eachSecond);
  return {
    history,
    reports: (): Readonly<Record<keyof Reports, string>> => reports,
    /** Returns a function that ends the subscription. */
    listen(listener: Listener): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    last: () => last,
    /** For a page that opens: gathers a snapshot at once, unless the last one is new. */
    refresh(): void {
      if (clock.now() - startedAt >= secondMs) void tick(eachSecond);
    },
    snapshots: () => number,
    stop: () => timer.cancel(),
  };
}

export type LiveCollector = ReturnType<typeof createLiveCollector>;

/** The last answer of a source. The source is asked again only after the previous request has ended. */
function remembered<T>(clock: Clock) {
  let last: { readonly at: number; readonly value: T } | undefined;
  let asking = false;
  return {
    async renew(read: () => Promise<T | undefined>): Promise<void> {
      if (asking) return;
      asking = true;
      try {
        const value = await read();
        if (value !== undefined) last = { at: clock.now(), value };
      } finally {
        asking = false;
      }
    },
    value: (maxAgeMs: number): T | undefined => (last && clock.now() - last.at <= maxAgeMs ? last.value : undefined),
  };
}
