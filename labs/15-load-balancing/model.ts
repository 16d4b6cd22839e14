import type { Reply } from '../../shared/rpc/call.ts';
import type { PolicyFile } from '../../shared/rpc/policy.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import { normal } from '../../shared/time/sim/distribution.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { createReplicaGroup, nameOf } from '../kit/replica-group.ts';

export const usualMs = 167;
export const slowMs = 2_000;
export const secondMs = 1_000;
/** The service time of a healthy back end. */
export const usual = normal(usualMs, 5);
/** The run has eight parts. The first back end is slow in the middle four. */
const parts = 8;

export type Balancer = 'round_robin' | 'random' | 'least_outstanding' | 'peak_ewma';

export const balancePolicy = (by: Balancer): PolicyFile => ({ base: 'naive', balance: { by, slowStartMs: 0 } });

export interface BalancedRun {
  readonly by: Balancer;
  readonly calls: number;
  /** Answered within a second. */
  readonly fast: number;
  readonly failed: number;
  /** Calls to the slow back end in each part of the run. */
  readonly toSlow: readonly number[];
}

export interface OfferedLoad {
  readonly by: Balancer;
  readonly perSecond: number;
  readonly forMs: number;
}

/** Calls at an even rate. Each is timed from the moment when it is due. `setSlow` slows the first back end down. */
export async function measureLoad({
  by,
  perSecond,
  forMs,
  clock,
  scheduler,
  read,
  setSlow,
  signal,
  onProgress,
}: OfferedLoad & {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly read: () => Promise<Reply>;
  readonly setSlow: (isSlow: boolean) => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}): Promise<BalancedRun> {
  signal?.throwIfAborted();
  const startedAt = clock.now();
  const partMs = forMs / parts;
  const calls = (perSecond * forMs) / secondMs;
  const toSlow = Array.from({ length: parts }, () => 0);
  let fast = 0;
  let failed = 0;
  let ended = 0;
  const timers = [scheduler.after(2 * partMs, () => setSlow(true)), scheduler.after(6 * partMs, () => setSlow(false))];
  await new Promise<void>((resolve, reject) => {
    signal?.addEventListener('abort', () => {
      for (const timer of timers) timer.cancel();
      reject(signal.reason as Error);
    });
    async function call(dueMs: number): Promise<void> {
      try {
        const { servedBy } = await read();
        if (clock.now() - startedAt - dueMs <= secondMs) fast++;
        if (servedBy[0] === nameOf(0)) toSlow[Math.floor(dueMs / partMs)]!++;
      } catch {
        failed++;
      }
      if (++ended === calls) resolve();
      if (ended % 100 === 0) onProgress?.(ended, calls);
    }
    for (let i = 0; i < calls; i++) {
      const dueMs = (i * secondMs) / perSecond;
      timers.push(scheduler.after(dueMs, () => void call(dueMs)));
    }
  });
  return { by, calls, fast, failed, toSlow };
}

/** In virtual time, through the client layers of the system. */
export async function runBalanced({
  n,
  seed,
  ...load
}: OfferedLoad & { readonly n: number; readonly seed: string }): Promise<BalancedRun> {
  const sim = createSimulation(`${seed}/${load.by}`);
  let isSlow = false;
  const read = createReplicaGroup({
    sim,
    replicas: n,
    policy: balancePolicy(load.by),
    serve: (replica) => ({ body: {}, tookMs: replica === 0 && isSlow ? slowMs : usual(sim.random) }),
  });
  const ran = measureLoad({ ...load, ...sim, read, setSlow: (now) => (isSlow = now) });
  await sim.run();
  return ran;
}
