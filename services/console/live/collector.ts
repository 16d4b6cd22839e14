import type { Topology } from '../../../shared/cluster/topology.ts';
import type { View } from '../../../shared/membership/view.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { sleep, type Scheduler } from '../../../shared/time/scheduler.ts';
import type { AvailabilityReport, Incident } from '../../monitor/contract.ts';
import type { Sources } from '../sources.ts';
import { createHistory } from './history.ts';
import type { createNodeReadings } from './node-readings.ts';
import type { NodeNow, Snapshot } from './snapshot.ts';

const everyMs = 1_000;

/** So long a snapshot waits for answers. What comes later is in the next one, ms. */
const gatherMs = 400;

/** Availability changes slowly, and costs the monitor a pass over its log. */
const availabilityEvery = 5;

/** A view that is older is only the last known one, ms. */
const viewStaleMs = 3_000;

/** What is sent to readers besides snapshots, when it changed. */
export interface Reports {
  readonly incidents: readonly Incident[];
  readonly availability: AvailabilityReport | undefined;
}

export type Listener = (event: 'snapshot' | keyof Reports, json: string, number: number) => void;

interface CollectorOptions {
  readonly topology: Topology;
  readonly sources: Sources;
  readonly readings: ReturnType<typeof createNodeReadings>;
  /** The last view that this node itself received. */
  readonly ownView: () => View | undefined;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/**
 * Gathers one snapshot a second from monitors, chaos controller and ops ports, whether anybody looks or not: who comes
 * later can go back in time. Each is turned into JSON once, however many pages are open.
 */
export function createCollector({ topology, sources, readings, ownView, clock, scheduler }: CollectorOptions) {
  const history = createHistory();
  const listeners = new Set<Listener>();
  const reports: Record<keyof Reports, string> = { incidents: '[]', availability: 'null' };
  const view = remembered<View>(clock);
  const faults = remembered<Snapshot['faults']>(clock);
  let number = 0;
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

  async function tick(): Promise<void> {
    const turn = ++number;
    const gathered = Promise.allSettled([
      readings.ask(),
      view.renew(sources.view),
      faults.renew(async () => (await sources.faults()) ?? null),
      sources.incidents().then((value) => value && report('incidents', value)),
      turn % availabilityEvery === 1 && sources.availability().then((value) => value && report('availability', value)),
    ]);
    await Promise.race([gathered, sleep(scheduler, gatherMs)]);
    last = snapshot(turn);
    const json = JSON.stringify(last);
    history.add({ number: turn, json });
    for (const listener of listeners) listener('snapshot', json, turn);
  }

  function snapshot(turn: number): Snapshot {
    const fresh = view.value(viewStaleMs);
    const members = new Map((fresh ?? ownView())?.members.map((member) => [member.node, member]));
    const { live, ...traffic } = readings.now();
    const nodes = topology.nodes.map(({ id }): [string, NodeNow] => {
      const member = members.get(id);
      const its = live.get(id);
      return [
        id,
        {
          state: member?.state ?? 'unknown',
          ...(member?.verdict !== undefined && { verdict: member.verdict }),
          ...(member?.silentMs !== undefined && { silentMs: Math.round(member.silentMs) }),
          ...(its && { live: its }),
        },
      ];
    });
    return {
      number: turn,
      at: Math.round(clock.wall()),
      ...(fresh && { monitor: fresh.monitor }),
      nodes: Object.fromEntries(nodes),
      ...traffic,
      faults: faults.value(viewStaleMs) ?? null,
    };
  }

  const timer = scheduler.every(everyMs, () => void tick());
  void tick();
  return {
    history,
    reports: (): Readonly<Record<keyof Reports, string>> => reports,
    /** Call the result to hear no more. */
    listen(listener: Listener): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    last: () => last,
    snapshots: () => number,
    stop: () => timer.cancel(),
  };
}

export type Collector = ReturnType<typeof createCollector>;

/** The last answer of a source that is asked again only when the last question has ended. */
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
