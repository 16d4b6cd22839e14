import type { Clock } from './clock.ts';
import type { Scheduler, Timer } from './scheduler.ts';

/**
 * A hashed timer wheel (Varghese & Lauck, 1987): one real timer serves all timers. Every call sets timers (deadline,
 * attempt timeout, hedge) and cancels nearly all of them. Here, setting and cancelling cost a few pointer writes each.
 * Timers fire up to one tick late, never early. The wheel does not wake at every tick: it sets the real timer for the
 * earliest due timer, because waking the process is the most expensive part.
 *
 *   slot:   0   1   2  ...  n-1        tick t checks slot t mod n and fires the due timers;
 *           |   |   |                  the other timers wait for more turns
 *           a   -   b - c              each slot is a ring of linked entries
 */
export interface WheelOptions {
  readonly clock: Clock;
  /** Provides the one real timer. */
  readonly scheduler: Scheduler;
  /** Resolution, ms. */
  readonly tickMs?: number;
  /** The number of slots; a power of two. */
  readonly slots?: number;
}

export interface TimerWheel extends Scheduler {
  /** The number of timers that have neither fired nor been cancelled. */
  readonly pending: number;
}

/** An entry is the timer that the caller holds: one object, no closure. */
class Entry implements Timer {
  previous: Entry;
  next: Entry;
  dueTick: number;
  task: (() => void) | undefined;
  counter: { pending: number };

  constructor(dueTick: number, task: (() => void) | undefined, counter: { pending: number }) {
    this.previous = this;
    this.next = this;
    this.dueTick = dueTick;
    this.task = task;
    this.counter = counter;
  }

  cancel(): void {
    if (this.task === undefined) return;
    this.task = undefined;
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.counter.pending--;
  }
}

export function createTimerWheel({ clock, scheduler, tickMs = 4, slots = 1_024 }: WheelOptions): TimerWheel {
  const counter = { pending: 0 };
  const heads = Array.from({ length: slots }, () => new Entry(0, undefined, counter));
  let armed: Timer | undefined;
  /** The tick at which the real timer fires; Infinity = not set. */
  let armedTick = Infinity;
  /** The last tick whose slot was checked. */
  let lastTick = 0;

  /**
   * Ticks are counted from the clock's zero, so they fall on whole milliseconds. If they were counted from now,
   * rounding could put the timer just before its tick. Virtual time does not advance in between, so the timer would
   * fire for ever.
   */
  const tickAt = (time: number) => time / tickMs;

  function insert(dueTick: number, task: () => void): Entry {
    const entry = new Entry(dueTick, task, counter);
    const head = heads[dueTick & (slots - 1)]!;
    entry.previous = head.previous;
    entry.next = head;
    head.previous.next = entry;
    head.previous = entry;
    counter.pending++;
    return entry;
  }

  /** Sets the real timer for tick `dueTick`, unless it is set for an earlier tick. */
  function arm(dueTick: number): void {
    if (dueTick >= armedTick) return;
    armedTick = dueTick;
    armed?.cancel();
    armed = scheduler.after(Math.max(0, dueTick * tickMs - clock.now()), ring);
  }

  function ring(): void {
    armedTick = Infinity;
    const now = Math.floor(tickAt(clock.now()));
    // After a long pause one turn reaches every slot.
    const from = Math.max(lastTick + 1, now - slots + 1);
    lastTick = Math.max(lastTick, now);
    for (let at = from; at <= now; at++) fire(heads[at & (slots - 1)]!, now);
    if (counter.pending > 0) arm(nextDue());
  }

  /** The first tick at which a timer may be due. A timer that must wait for more turns counts as due after one turn. */
  function nextDue(): number {
    for (let at = lastTick + 1; at < lastTick + slots; at++) {
      const head = heads[at & (slots - 1)]!;
      for (let entry = head.next; entry !== head; entry = entry.next) if (entry.dueTick === at) return at;
    }
    return lastTick + slots;
  }

  function fire(head: Entry, now: number): void {
    // Tasks may cancel and set timers in this slot, so all due timers are taken out first.
    let due: Entry[] | undefined;
    for (let entry = head.next; entry !== head; entry = entry.next) if (entry.dueTick <= now) (due ??= []).push(entry);
    if (due === undefined) return;
    for (const entry of due) {
      const { task } = entry;
      if (task === undefined) continue;
      entry.cancel();
      task();
    }
  }

  return {
    get pending() {
      return counter.pending;
    },
    after(delayMs, task) {
      if (Number.isNaN(delayMs)) throw new RangeError('delayMs is not a number');
      // No timer is pending, so the slots up to now are empty.
      if (counter.pending === 0) lastTick = Math.floor(tickAt(clock.now()));
      const due = Math.max(Math.ceil(tickAt(clock.now() + Math.max(0, delayMs))), lastTick + 1);
      const entry = insert(due, task);
      arm(due);
      return entry;
    },
    every: (intervalMs, task) => scheduler.every(intervalMs, task),
  };
}
