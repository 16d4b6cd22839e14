import { setImmediate as yieldTo } from 'node:timers';
import type { Clock } from '../../shared/time/clock.ts';
import { seededRandom } from '../../shared/time/random.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import { connectionPool } from '../client/pool.ts';
import { wireEncoder } from '../client/wire.ts';
import { healthSampler } from '../measure/health.ts';
import { recorder } from '../measure/recorder.ts';
import type { LoadPlan } from '../options/plan.ts';
import { arrivalProcess, arrivalShare } from '../schedule/arrivals.ts';
import { stagesProfile } from '../schedule/profile.ts';
import { checker } from '../verify/check.ts';
import { wrongAnswerLog } from '../verify/wrong-answers.ts';
import { oracleOf } from '../verify/oracle.ts';
import type { OracleEntries } from '../verify/oracle.ts';
import type { WorkerSnapshot } from '../worker/messages.ts';
import { createWorkload } from '../workload/create.ts';
import { graceMs } from '../worker/endings.ts';
import { driver } from './drive.ts';
import { openLoop } from './open-loop.ts';
import { spinPacer, threadPacer } from './pacer.ts';

/** Period of expiry and sampling, and of the snapshots, ms. */
const sampleMs = 20;
const snapshotMs = 500;

export interface WorkerRun {
  /** Opens connections before the start. */
  warmUp(): Promise<void>;
  /** Resolves with the last snapshot when every answer has arrived or was given up. `startMs` is the clock's. */
  start(startMs: number, onSnapshot: (snapshot: WorkerSnapshot) => void): Promise<WorkerSnapshot>;
  /** Ends the run early and keeps the measurements. */
  stop(): void;
  /** An error of a scenario outside its sessions, such as in a timer of its own. */
  scenarioFailed(why: string): void;
}

/** One worker's share of a run: its arrivals or users, its connections, its measurements. */
export async function workerRun(options: {
  plan: LoadPlan;
  index: number;
  tickMs: number;
  oracle?: OracleEntries;
  clock: Clock;
  scheduler: Scheduler;
}): Promise<WorkerRun> {
  const { plan, index, clock, scheduler } = options;
  const { model } = plan;
  const random = seededRandom(`${plan.seed}/worker/${index}`);
  const byShape = plan.check !== 'status' && plan.check !== 'none' && plan.workload.kind !== 'url';
  const hasSchema = byShape ? (await import('../verify/schemas.ts')).hasSchema : () => true;
  const workload = await createWorkload(plan.workload, random, index);
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
    onResent: () => record?.resent(),
  });
  let pump: ReturnType<typeof openLoop> | undefined;
  const wake = () => pump?.wake();
  const pacer = model.kind === 'closed' ? undefined : await (plan.precise ? spinPacer(clock, wake) : threadPacer(wake));
  let endMs = Infinity;
  let unsent = 0;
  let stopped = false;

  async function start(startMs: number, onSnapshot: (snapshot: WorkerSnapshot) => void): Promise<WorkerSnapshot> {
    endMs = Math.min(endMs, startMs + plan.durationMs);
    const over = (nowMs: number): boolean => nowMs >= endMs;
    const recording = (record = recorder({ startMs, tickMs: options.tickMs, sloMs: plan.sloMs, over }));
    const wrong = wrongAnswerLog();
    const drive = driver({
      pool,
      workload,
      checker: checker(plan.check, options.oracle && oracleOf(options.oracle), hasSchema),
      recorder: recording,
      clock,
      scheduler,
      random,
      think: model.kind === 'closed' ? model.thinkMs : { kind: 'none' },
      onWrong: (request, answer, why, nowMs) => wrong.add(nowMs - startMs, request, answer, why),
      over,
    });
    const health = healthSampler({ clock, sampleMs, connections });
    if (model.kind === 'closed') {
      const users = shareOfCount(model.users, index, plan.workers);
      scheduler.after(Math.max(0, startMs - clock.now()), () => {
        health.begin();
        for (let i = 0; i < users; i++) drive.user(Math.max(startMs, clock.now()));
      });
    } else {
      const all = arrivalProcess(model.arrivals, stagesProfile(model.stages), seededRandom(`${plan.seed}/arrivals`));
      const arrivals = arrivalShare(all, index, plan.workers);
      pump = openLoop({
        arrivals,
        startMs,
        durationMs: plan.durationMs,
        clock,
        pacer: pacer!,
        dispatch: (intendedMs, nowMs) => drive.arrive(intendedMs, nowMs, arrivals.gapMs()),
        yieldTo,
      });
      scheduler.after(Math.max(0, startMs - clock.now() - 5), () => {
        health.begin();
        wake();
      });
    }
    return new Promise<WorkerSnapshot>((resolve) => {
      let nextSnapshot = startMs + snapshotMs;
      const timer = scheduler.every(sampleMs, () => {
        pool.expire();
        const nowMs = clock.now();
        if (nowMs < startMs) return;
        if (nowMs < endMs) {
          health.sample(nowMs, pool.inFlight(), pool.waiting());
          recording.inFlight(nowMs, pool.inFlight());
        } else if (finished(nowMs)) {
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

    function finish(): WorkerSnapshot {
      unsent += pool.dropWaiting();
      const last = snapshot();
      pool.close({ code: 'closed', detail: 'the run is over' });
      return last;
    }

    function snapshot(): WorkerSnapshot {
      const totals = recording.totals();
      if (workload.ranks) totals.ranks = [...workload.ranks];
      return {
        totals,
        ticks: recording.drain(),
        wrong: wrong.drain(),
        health: health.read(Math.max(0, Math.min(clock.now(), endMs) - startMs), {
          unsent: unsent + pool.waiting(),
          unanswered: pool.inFlight(),
        }),
        inFlight: pool.inFlight(),
        waiting: pool.waiting(),
      };
    }
  }

  return {
    scenarioFailed: (why) => record?.brokenSession(why),
    warmUp: () => pool.warmUp(model.kind === 'closed' ? connections : Math.min(connections, 32)),
    start,
    stop() {
      stopped = true;
      pump?.stop();
      endMs = Math.min(endMs, clock.now());
    },
  };
}

/** Worker `index`'s share of `total` things that are divided evenly among `of` workers. */
function shareOfCount(total: number, index: number, of: number): number {
  return Math.floor(total / of) + (index < total % of ? 1 : 0);
}
