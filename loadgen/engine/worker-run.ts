import { performance } from 'node:perf_hooks';
import { setImmediate as yieldTo } from 'node:timers';
import type { Clock } from '../../shared/time/clock.ts';
import { seededRandom } from '../../shared/time/random.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import { connectionPool } from '../client/pool.ts';
import { wireEncoder } from '../client/wire.ts';
import { timeHistogram } from '../measure/histogram.ts';
import { recorder } from '../measure/recorder.ts';
import type { Plan } from '../options/plan.ts';
import { arrivalProcess, shareOf } from '../schedule/arrivals.ts';
import { stagesProfile } from '../schedule/profile.ts';
import { checker } from '../verify/check.ts';
import { oracleOf } from '../verify/oracle.ts';
import type { OracleEntries } from '../verify/oracle.ts';
import { runDelayMs } from '../worker/run-delay.ts';
import type { Snapshot, WorkerHealth } from '../worker/messages.ts';
import { createWorkload } from '../workload/create.ts';
import { driver } from './drive.ts';
import { openLoop } from './open-loop.ts';
import { spinPacer, threadPacer } from './pacer.ts';
import type { Pacer } from './pacer.ts';

/** Period of expiry and sampling, and of the snapshots. */
const sampleMs = 20;
const snapshotMs = 500;
/** Requests in line at the end may still be sent for this long. */
const graceMs = 1000;

export interface WorkerRun {
  /** Opens connections ahead of the start. */
  warmUp(): Promise<void>;
  /** Resolves with the last snapshot when every answer is there or given up. `startMs` is the clock's. */
  start(startMs: number, onSnapshot: (snapshot: Snapshot) => void): Promise<Snapshot>;
  /** Ends the run early; what was measured is kept. */
  stop(): void;
}

/** One worker's share of a run: its arrivals or users, its connections, its measurements. */
export async function workerRun(options: {
  plan: Plan;
  index: number;
  tickMs: number;
  runId: string;
  oracle?: OracleEntries;
  clock: Clock;
  scheduler: Scheduler;
}): Promise<WorkerRun> {
  const { plan, index, clock, scheduler } = options;
  const { model } = plan;
  const random = seededRandom(`${plan.seed}/worker/${index}`);
  const byShape = plan.check !== 'status' && plan.check !== 'none' && plan.workload.kind !== 'url';
  const hasSchema = byShape ? (await import('../verify/schemas.ts')).hasSchema : () => true;
  const workload = await createWorkload(plan.workload, random, index, `${options.runId}-${index}`);
  const connections = Math.max(1, shareOfCount(plan.connections, index, plan.workers));
  let record: ReturnType<typeof recorder> | undefined;
  const pool = connectionPool({
    target: plan.target,
    trust: { insecure: plan.insecure, ...(plan.ca === undefined ? {} : { ca: plan.ca }) },
    connections,
    timeoutMs: plan.timeoutMs,
    encode: wireEncoder(plan.target.host, plan.headers),
    clock,
    onSent: (exchange) => record?.sent(exchange),
  });
  let pacer: Pacer | undefined;
  let pump: ReturnType<typeof openLoop> | undefined;
  if (model.kind !== 'closed') {
    const wake = () => pump && pacer && pump.wake(pacer);
    pacer = plan.precise ? spinPacer(clock, wake) : await threadPacer(wake);
  }
  let endMs = Infinity;

  async function start(startMs: number, onSnapshot: (snapshot: Snapshot) => void): Promise<Snapshot> {
    const recording = (record = recorder({ startMs, tickMs: options.tickMs, sloMs: plan.sloMs }));
    endMs = Math.min(endMs, startMs + plan.durationMs);
    const drive = driver({
      pool,
      workload,
      checker: checker(plan.check, options.oracle && oracleOf(options.oracle), hasSchema),
      recorder: recording,
      clock,
      scheduler,
      random,
      think: model.kind === 'closed' ? model.thinkMs : { kind: 'none' },
      over: (nowMs) => nowMs >= endMs,
    });
    const health = healthSampler(startMs);
    if (model.kind === 'closed') {
      const users = shareOfCount(model.users, index, plan.workers);
      scheduler.after(Math.max(0, startMs - clock.now()), () => {
        health.begin();
        for (let i = 0; i < users; i++) drive.user(Math.max(startMs, clock.now()));
      });
    } else {
      const all = arrivalProcess(model.arrivals, stagesProfile(model.stages), seededRandom(`${plan.seed}/arrivals`));
      pump = openLoop({
        arrivals: shareOf(all, index, plan.workers),
        startMs,
        durationMs: plan.durationMs,
        clock,
        dispatch: drive.arrive,
        yieldTo: (task) => yieldTo(task),
      });
      scheduler.after(Math.max(0, startMs - clock.now() - 5), () => {
        health.begin();
        if (pump && pacer) pump.wake(pacer);
      });
    }
    return new Promise<Snapshot>((resolve) => {
      let nextSnapshot = startMs + snapshotMs;
      const timer = scheduler.every(sampleMs, () => {
        pool.expire();
        const nowMs = clock.now();
        if (nowMs < startMs) return;
        if (nowMs < endMs) health.sample(nowMs);
        else if (finished(nowMs)) {
          timer.cancel();
          return resolve(finish());
        }
        if (nowMs >= nextSnapshot) {
          nextSnapshot = nowMs + snapshotMs;
          onSnapshot(snapshot());
        }
      });
    });

    function finished(nowMs: number): boolean {
      if (pool.inFlight() === 0 && pool.waiting() === 0) return true;
      if (stopped) return nowMs >= endMs + 100;
      if (nowMs < endMs + graceMs) return false;
      unsent += pool.dropWaiting();
      return pool.inFlight() === 0 || nowMs >= endMs + graceMs + plan.timeoutMs;
    }

    function finish(): Snapshot {
      unsent += pool.dropWaiting();
      const last = snapshot();
      pool.close({ code: 'closed', detail: 'the run is over' });
      return last;
    }

    function snapshot(): Snapshot {
      const totals = recording.totals();
      if (workload.ranks) totals.ranks = [...workload.ranks];
      return {
        totals,
        ticks: recording.drain(),
        health: health.read(),
        inFlight: pool.inFlight(),
        waiting: pool.waiting(),
      };
    }
  }

  let unsent = 0;
  let stopped = false;

  /** Samples the number in flight and the event loop itself by a timer: independent of what the recorder sees. */
  function healthSampler(startMs: number) {
    const delays = timeHistogram();
    let samples = 0;
    let sum = 0;
    let capped = 0;
    let lastMs = startMs;
    let cpu = process.cpuUsage();
    let delayAtStart = runDelayMs();
    let loop = performance.eventLoopUtilization();
    // What is measured ends with the arrivals: the drain would dilute it.
    let last: { loop: number; run: number | undefined } = { loop: 0, run: undefined };
    return {
      begin() {
        cpu = process.cpuUsage();
        delayAtStart = runDelayMs();
        loop = performance.eventLoopUtilization();
        lastMs = clock.now();
      },
      sample(nowMs: number) {
        samples++;
        sum += pool.inFlight();
        if (pool.waiting() > 0 && pool.inFlight() >= connections) capped++;
        record?.inFlight(nowMs, pool.inFlight());
        delays.record(Math.max(0, nowMs - lastMs - sampleMs));
        lastMs = nowMs;
        if (samples % 25 === 0) measureLoad(nowMs);
      },
      read(): WorkerHealth {
        const used = process.cpuUsage(cpu);
        return {
          meanInFlight: samples === 0 ? 0 : sum / samples,
          atCap: samples === 0 ? 0 : capped / samples,
          loopUtilisation: last.loop,
          loopDelayP99Ms: delays.percentileMs(99),
          ...(last.run === undefined ? {} : { runDelay: last.run }),
          cpuMs: (used.user + used.system) / 1000,
          unsent: unsent + pool.waiting(),
          unanswered: pool.inFlight(),
          elapsedMs: Math.max(0, Math.min(clock.now(), endMs) - startMs),
        };
      },
    };
    function measureLoad(nowMs: number): void {
      const delay = runDelayMs();
      last = {
        loop: performance.eventLoopUtilization(loop).utilization,
        run:
          delay === undefined || delayAtStart === undefined
            ? undefined
            : (delay - delayAtStart) / Math.max(1, nowMs - startMs),
      };
    }
  }

  return {
    warmUp: () => pool.warmUp(model.kind === 'closed' ? connections : Math.min(connections, 32)),
    start,
    stop() {
      stopped = true;
      pump?.stop();
      endMs = Math.min(endMs, clock.now());
    },
  };
}

/** `total` things dealt to `of` workers: worker `index` gets every of-th. */
function shareOfCount(total: number, index: number, of: number): number {
  return Math.floor(total / of) + (index < total % of ? 1 : 0);
}
