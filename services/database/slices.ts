import { RpcError } from '../../shared/rpc/errors.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import type { Work } from '../../shared/time/work.ts';

export interface SearchBudget {
  /**
   * The steps that one search may take on one shard. Every replica has the same limit, so that all give the same
   * answer.
   */
  readonly maxSteps: number;
  /** How long a search may block the event loop, ms. Nearly all searches end within their first slice. */
  readonly sliceMs: number;
}

/** 10 million steps take 0.1 to 0.5 s. A search of a few words over 60,000 pages takes hundreds of times less. */
const defaultBudget: SearchBudget = { maxSteps: 10_000_000, sliceMs: 4 };

/**
 * These limits tell why a search is late. Its own cost is the reason if it has worked for `ownMs`, or for `ownShare` of
 * its time. Otherwise other searches are the reason.
 */
const ownMs = 50;
const ownShare = 0.25;
/**
 * This share of a search's time is reserved for sending a refusal. A refusal must arrive before the caller's deadline,
 * or the caller would ask another replica.
 */
const wayBack = 0.1;

/** The caller that waits for a search. `deadlineAt` = ms on the monotonic clock of this process. */
export interface Asker {
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
}

export type RunInSlices = <Result>(work: Work<Result>, asker: Asker) => Promise<Result>;

interface Job {
  workedMs: number;
  /** Works for one slice. Returns true when the job is done. */
  readonly advance: () => boolean;
  /** Why the job must stop; undefined when it may continue. */
  readonly hindrance: () => unknown;
  readonly fail: (reason: unknown) => void;
}

/**
 * Runs searches so that a long one does not delay the others. A new search gets one slice immediately. If it needs more
 * slices, it waits in a queue. Few searches do. Each turn of the event loop gives one slice to the search that has
 * worked the least (least attained service: Kleinrock 1976, 4.6). New requests and heartbeats are handled between
 * slices.
 *
 *     event loop   | new: a b | slice of X | new: c | slice of X (done) | new: d e | slice of Y | ...
 *
 * Rejects with `too_costly` when a search needs more steps than the budget, or when its own work makes it late. Another
 * replica would only do the same work again. Rejects with `overloaded` when other long searches make it late.
 */
export function createSlices(clock: Clock, scheduler: Scheduler, budget: SearchBudget = defaultBudget): RunInSlices {
  const line: Job[] = [];

  function enter(job: Job): void {
    line.push(job);
    if (line.length === 1) scheduler.after(0, turn);
  }

  function turn(): void {
    for (let i = line.length - 1; i >= 0; i--) {
      const reason = line[i]!.hindrance();
      if (reason === undefined) continue;
      line[i]!.fail(reason);
      line.splice(i, 1);
    }
    if (line.length === 0) return;
    const least = line.reduce((a, b) => (b.workedMs < a.workedMs ? b : a));
    if (least.advance()) line.splice(line.indexOf(least), 1);
    if (line.length > 0) scheduler.after(0, turn);
  }

  return <Result>(work: Work<Result>, { deadlineAt, signal }: Asker) =>
    new Promise<Result>((resolve, reject) => {
      const allowedMs = deadlineAt - clock.now();
      let steps = 0;
      const job: Job = {
        workedMs: 0,
        advance() {
          const begin = clock.now();
          try {
            for (;;) {
              const piece = work.next();
              if (piece.done === true) {
                resolve(piece.value);
                return true;
              }
              steps += piece.value;
              if (steps > budget.maxSteps) throw tooCostly(`it needs more than ${budget.maxSteps} steps on one shard`);
              const tookMs = clock.now() - begin;
              if (tookMs < budget.sliceMs) continue;
              job.workedMs += tookMs;
              return false;
            }
          } catch (error) {
            reject(error);
            return true;
          }
        },
        hindrance() {
          if (signal.aborted) return signal.reason;
          if (deadlineAt === Infinity || clock.now() < deadlineAt - wayBack * allowedMs) return undefined;
          if (job.workedMs >= Math.min(ownMs, ownShare * allowedMs)) {
            return tooCostly(`it is not done after ${Math.round(job.workedMs)} ms of work on one shard`);
          }
          return new RpcError('overloaded', 'this search cannot end in time because of other long searches', {
            definite: true,
          });
        },
        fail: reject,
      };
      if (!job.advance()) enter(job);
    });
}

function tooCostly(why: string): RpcError {
  return new RpcError('too_costly', `this search takes too much work: ${why}. Use fewer, or rarer, words`);
}
