import type { Clock } from './clock.ts';
import type { Scheduler, Timer } from './scheduler.ts';

/**
 * A hashed timer wheel (Varghese & Lauck, 1987): one real timer serves all. Every call sets timers - deadline, attempt
 * timeout, hedge - and cancels nearly all of them; here both cost a few pointer writes. Timers fire up to one tick
 * late, never early. It does not tick: the real timer is set for the first that is due, because waking a process costs
 * more than all the rest.
 *
 *   slot:   0   1   2  ...  n-1        tick t looks at slot t mod n and fires what is due by then;
 *           |   |   |                  the rest has more turns to wait
 *           a   -   b - c              each slot is a ring of linked entries
 */
export interface WheelOptions {
  readonly clock: Clock;
  /** Where the one real timer comes from. */
  readonly scheduler: Scheduler;
  /** Resolution, ms. */
  readonly tickMs?: number;
  /** How many; a power of two. */
  readonly slots?: number;
}

export interface TimerWheel extends Scheduler {
  /** Timers that are set and have neither fired nor been cancelled. */
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
  /** When the real timer rings; Infinity = not set. */
  let armedTick = Infinity;
  /** The last tick whose slot was looked at. */
  let lastTick = 0;

  /**
   * Counted from the clock's zero, so that ticks fall on whole milliseconds: counted from now, a tick's time could be
   * rounded to just before the tick, and in virtual time, which stands still meanwhile, the timer would ring again and
   * again.
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

  /** Sets the one real timer for tick `dueTick`, unless it rings before then anyway. */
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

  /** The first tick at which something may be due: of what has more turns to wait, one turn from now. */
  function nextDue(): number {
    for (let at = lastTick + 1; at < lastTick + slots; at++) {
      const head = heads[at & (slots - 1)]!;
      for (let entry = head.next; entry !== head; entry = entry.next) if (entry.dueTick === at) return at;
    }
    return lastTick + slots;
  }

  function fire(head: Entry, now: number): void {
    // Tasks may cancel and set timers in this very slot: take out all that is due first.
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
      // Whatever is due later was set later: the slots up to now are empty.
      if (counter.pending === 0) lastTick = Math.floor(tickAt(clock.now()));
      const due = Math.max(Math.ceil(tickAt(clock.now() + Math.max(0, delayMs))), lastTick + 1);
      const entry = insert(due, task);
      arm(due);
      return entry;
    },
    every: (intervalMs, task) => scheduler.every(intervalMs, task),
  };
}
