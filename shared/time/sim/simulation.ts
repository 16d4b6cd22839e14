import type { Clock } from '../clock.ts';
import { type Random, seededRandom } from '../random.ts';
import type { Scheduler, Timer } from '../scheduler.ts';
import { createEventHeap } from './heap.ts';

/** A simulated system with its own time. The same seed and the same code give the same run, event by event. */
export interface Simulation {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** How many events have happened. */
  readonly events: number;
  /** The number of pending events: 0 when everything is finished. */
  readonly pending: number;
  /**
   * Lets virtual time pass until `untilMs`, or until no event is left. When an event settles promises, the code that
   * awaits them runs before the next event. Rejects with the first exception that an event threw.
   */
  run(untilMs?: number): Promise<void>;
  /** The same for simulations without promises; several times faster. */
  runSync(untilMs?: number): void;
}

/** 2026-01-01 UTC, for display only. */
const epochMs = 1_767_225_600_000;

/** Steps per turn of the real event loop. Many steps cost less per step; with too many, Ctrl-C would have to wait. */
const stepsPerTurn = 512;

export function createSimulation(seed: number | string): Simulation {
  const heap = createEventHeap();
  const tasks: ((() => void) | undefined)[] = [];
  // Later events reuse a slot. The generation tells an old timer that the slot belongs to another event now.
  const generations: number[] = [];
  let now = 0;
  let events = 0;

  function schedule(time: number, task: () => void): number {
    const slot = heap.push(time);
    tasks[slot] = task;
    generations[slot] = (generations[slot] ?? 0) + 1;
    return slot;
  }

  /** False when no event is left before `untilMs`. */
  function step(untilMs: number): boolean {
    const time = heap.nextTime();
    if (time > untilMs || time === Infinity) return false;
    now = time;
    const slot = heap.pop();
    const task = tasks[slot]!;
    tasks[slot] = undefined;
    events++;
    task();
    return true;
  }

  function finish(untilMs: number): void {
    if (untilMs !== Infinity && untilMs > now) now = untilMs;
  }

  const scheduler: Scheduler = {
    after(delayMs, task) {
      if (Number.isNaN(delayMs)) throw new RangeError('delayMs is not a number');
      const slot = schedule(now + Math.max(0, delayMs), task);
      return createTimer(slot, generations[slot]!);
    },
    every(intervalMs, task) {
      if (!(intervalMs > 0)) throw new RangeError('intervalMs must be above 0');
      let timer: Timer;
      let cancelled = false;
      const again = () => {
        task();
        if (!cancelled) timer = scheduler.after(intervalMs, again);
      };
      timer = scheduler.after(intervalMs, again);
      return {
        cancel() {
          cancelled = true;
          timer.cancel();
        },
      };
    },
  };

  function createTimer(slot: number, generation: number): Timer {
    return {
      cancel() {
        if (generations[slot] !== generation || !heap.remove(slot)) return;
        tasks[slot] = undefined;
      },
    };
  }

  return {
    clock: { now: () => now, wall: () => epochMs + now },
    scheduler,
    random: seededRandom(seed),
    get events() {
      return events;
    },
    get pending() {
      return heap.size;
    },
    runSync(untilMs = Infinity) {
      while (step(untilMs)) continue;
      finish(untilMs);
    },
    run(untilMs = Infinity) {
      return new Promise((resolve, reject) => {
        let over = false;
        const end = (settle: () => void) => {
          if (over) return;
          over = true;
          settle();
        };
        // Each step is an immediate, because Node.js empties the promise queue completely after every immediate.
        const one = () => {
          if (over) return;
          try {
            if (step(untilMs)) return;
            finish(untilMs);
            end(resolve);
          } catch (error) {
            end(() => reject(error));
          }
        };
        const turn = () => {
          if (over) return;
          for (let i = 0; i < stepsPerTurn; i++) setImmediate(one);
          setImmediate(turn);
        };
        turn();
      });
    },
  };
}
