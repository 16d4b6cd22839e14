import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler, Timer } from '../../shared/time/scheduler.ts';

/** A process that does one piece of work at a time, first come first served, as an event loop does. */
export interface Process {
  /** Resolves when `costMs` of processor time were spent on it. */
  work(costMs: number): Promise<void>;
  /** How long the last finished piece of work had waited for its turn, ms. */
  waitMs(): number;
}

interface Piece {
  leftMs: number;
  readonly arrivedAt: number;
  begunAt: number;
  readonly resolve: () => void;
}

/**
 * A machine whose `cores` are shared in equal parts by the processes that have work (processor sharing): with load,
 * every process gets slower together.
 *
 *   process 1  [ | | | ] -+
 *   process 2  [ ]       -+-> 2 cores
 *   process 3  [ | ]     -+
 */
export function createProcessor({ clock, scheduler, cores }: { clock: Clock; scheduler: Scheduler; cores: number }) {
  const queues = new Set<Piece[]>();
  const waits = new Map<Piece[], number>();
  let timer: Timer | undefined;
  let since = clock.now();

  const busy = () => [...queues].filter(({ length }) => length > 0);
  const rateOf = (running: number) => Math.min(1, cores / running);

  /** Brings the work under way up to date. */
  function advance(): void {
    const running = busy();
    const doneMs = (clock.now() - since) * rateOf(running.length);
    since = clock.now();
    for (const [piece] of running) piece!.leftMs -= doneMs;
  }

  function plan(): void {
    timer?.cancel();
    const running = busy();
    if (running.length === 0) return;
    const nextMs = Math.min(...running.map(([piece]) => piece!.leftMs));
    timer = scheduler.after(Math.max(0, nextMs / rateOf(running.length)), finish);
  }

  function finish(): void {
    advance();
    for (const queue of busy()) {
      if (queue[0]!.leftMs > 1e-9) continue;
      const { begunAt, arrivedAt, resolve } = queue.shift()!;
      waits.set(queue, begunAt - arrivedAt);
      if (queue[0]) queue[0].begunAt = clock.now();
      resolve();
    }
    plan();
  }

  return {
    process(): Process {
      const queue: Piece[] = [];
      queues.add(queue);
      return {
        work: (costMs) =>
          new Promise((resolve) => {
            advance();
            queue.push({ leftMs: costMs, arrivedAt: clock.now(), begunAt: clock.now(), resolve });
            plan();
          }),
        waitMs: () => waits.get(queue) ?? 0,
      };
    },
  };
}
