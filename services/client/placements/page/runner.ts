import { createPlacement, type ClientPlacement } from '../create.ts';
import { createHttpWire, noTraffic, type CountedWire, type WireTraffic } from '../http-wire.ts';
import type { Key } from '../keys.ts';
import type { PlacementName } from '../names.ts';
import type { Screen } from '../screen.ts';
import { earlierKeys, sessionKeys } from '../session.ts';

/** What one placement has cost since its counters were last set to zero. */
export interface Cost {
  readonly traffic: WireTraffic;
  /** The time from each key to its screen, without the time that the client waits for the server, ms. */
  readonly workedMs: number;
  /** What was fetched before the first key. */
  readonly before: WireTraffic;
}

export interface Runner {
  /** Handles one key. Keys are handled one after the other, in their order. */
  readonly press: (name: PlacementName, key: Key) => Promise<Screen>;
  /** Plays the session from a fresh client, and counts only the session. `show` gets each screen. */
  readonly play: (name: PlacementName, query: string, show: (screen: Screen) => void) => Promise<void>;
  readonly cost: (name: PlacementName) => Cost;
  /** The screen after the latest key of this placement that was handled. */
  readonly last: (name: PlacementName) => Screen | undefined;
}

interface Running {
  readonly wire: CountedWire;
  readonly placement: ClientPlacement;
  prepared: Promise<void> | undefined;
  /** What the wire had carried when the counters were at zero. */
  zero: WireTraffic;
  before: WireTraffic;
  workedMs: number;
  last: Screen | undefined;
}

/** Runs the placements on this client, and counts what each costs. */
export function createRunner(now: () => number, changed: (name: PlacementName, cost: Cost) => void): Runner {
  const running = new Map<PlacementName, Running>();
  let line: Promise<unknown> = Promise.resolve();

  function start(name: PlacementName): Running {
    const wire = createHttpWire(now);
    const placement = createPlacement(name, wire, now);
    const fresh: Running = {
      wire,
      placement,
      prepared: undefined,
      zero: noTraffic,
      before: noTraffic,
      workedMs: 0,
      last: undefined,
    };
    running.set(name, fresh);
    return fresh;
  }

  const of = (name: PlacementName): Running => running.get(name) ?? start(name);

  function cost(name: PlacementName): Cost {
    const { wire, zero, before, workedMs } = of(name);
    return { traffic: difference(wire.traffic(), zero), workedMs, before };
  }

  /** A failed preparation is tried again at the next key. */
  async function prepare(it: Running): Promise<void> {
    it.prepared ??= it.placement.prepare().then(() => {
      it.before = it.zero = it.wire.traffic();
    });
    await it.prepared.catch((error: unknown) => {
      it.prepared = undefined;
      it.zero = it.wire.traffic();
      throw error;
    });
  }

  async function handle(name: PlacementName, key: Key): Promise<Screen> {
    const it = of(name);
    await prepare(it);
    const { waitedMs } = it.wire.traffic();
    const begin = now();
    try {
      return (it.last = await it.placement.press(key));
    } finally {
      it.workedMs += now() - begin - (it.wire.traffic().waitedMs - waitedMs);
      changed(name, cost(name));
    }
  }

  function inLine<T>(work: () => Promise<T>): Promise<T> {
    const result = line.then(work);
    line = result.catch(() => undefined);
    return result;
  }

  return {
    cost,
    last: (name) => running.get(name)?.last,
    press: (name, key) => inLine(() => handle(name, key)),
    play: (name, query, show) =>
      inLine(async () => {
        start(name);
        for (const key of earlierKeys(query)) await handle(name, key);
        // The user comes back to an empty screen; a cache keeps what it has.
        for (const _ of query) await handle(name, 'Backspace');
        const it = of(name);
        it.zero = it.wire.traffic();
        it.workedMs = 0;
        for (const key of sessionKeys(query)) show(await handle(name, key));
      }),
  };
}

function difference(a: WireTraffic, b: WireTraffic): WireTraffic {
  return {
    roundTrips: a.roundTrips - b.roundTrips,
    sentBytes: a.sentBytes - b.sentBytes,
    receivedBytes: a.receivedBytes - b.receivedBytes,
    waitedMs: a.waitedMs - b.waitedMs,
  };
}
