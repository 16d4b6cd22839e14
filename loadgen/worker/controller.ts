import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpus, platform } from 'node:os';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import { addRow, emptyRow, tickFor, timeline } from '../measure/timeline.ts';
import type { TickRow, Timeline } from '../measure/timeline.ts';
import { loadError } from '../options/errors.ts';
import type { Plan } from '../options/plan.ts';
import type { Ending, Measured } from '../measure/measured.ts';
import type { OracleEntries } from '../verify/oracle.ts';
import { mergeTotals } from './merge.ts';
import type { FromWorker, Snapshot, ToWorker } from './messages.ts';
import { probe } from './probe.ts';

/** What a listener learns twice a second. */
export interface Progress {
  /** ms since time 0. */
  atMs: number;
  snapshots: Snapshot[];
  /** What has happened since the last progress, as one row. */
  recent: TickRow;
  recentMs: number;
}

export interface RunOptions {
  oracle?: OracleEntries;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  clock: Clock;
  scheduler: Scheduler;
}

interface WorkerHandle {
  process: ChildProcess;
  timeline: Timeline;
  last: Snapshot | undefined;
  prepared: Promise<void>;
  ended: Promise<Ending>;
}

const leadMs = 60;
const startTimeoutMs = 15_000;

/**
 * Runs a plan in worker processes and merges what they measured.
 *
 *   controller -- prepare, start, stop --> worker 0..n-1
 *              <-- snapshots every 0.5 s, finished --
 *
 * The controller draws, serves and writes; the workers only send and measure, each with an event loop of its own. A worker that dies leaves
 * its last snapshot. Throws `unreachable`, `tls`, `worker_failed`.
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<Measured> {
  const { clock, scheduler, signal } = options;
  await probe(plan);
  const tickMs = tickFor(plan.durationMs);
  const workers = Array.from({ length: plan.workers }, (_, index) => startWorker(plan, index, tickMs, options));
  try {
    await allPrepared(workers, startTimeoutMs + plan.timeoutMs, scheduler);
    const startAt = performance.timeOrigin + clock.now() + leadMs;
    const startMs = clock.now() + leadMs;
    const startedAtMs = clock.wall() + leadMs;
    for (const worker of workers) tell(worker, { type: 'start', startAt });
    let interruptedMs: number | undefined;
    const interrupt = () => {
      interruptedMs = Math.max(0, clock.now() - startMs);
      for (const worker of workers) tell(worker, { type: 'stop' });
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    if (signal?.aborted) interrupt();
    const ticker = reportProgress(workers, startMs, options);
    const endings = await Promise.all(workers.map((worker) => worker.ended));
    ticker.cancel();
    signal?.removeEventListener('abort', interrupt);
    const died = endings.find((ending) => ending.kind === 'worker-died');
    const stoppedMs =
      interruptedMs ??
      (died
        ? Math.min(plan.durationMs, Math.max(0, ...workers.map((worker) => worker.last?.health.elapsedMs ?? 0)))
        : plan.durationMs);
    return {
      plan,
      startedAtMs,
      durationMs: Math.min(plan.durationMs, stoppedMs),
      ending:
        died ??
        (interruptedMs !== undefined && interruptedMs < plan.durationMs
          ? { kind: 'interrupted' }
          : { kind: 'finished' }),
      ...mergeTotals(
        workers.flatMap((worker) => (worker.last ? [worker.last.totals] : [])),
        'skew' in plan.workload ? plan.workload.skew : undefined,
      ),
      tickMs,
      ticks: mergeTicks(workers),
      workers: workers.flatMap((worker) => (worker.last ? [worker.last.health] : [])),
      journal: [],
      machine: { node: process.version, cores: cpus().length, platform: platform() },
    };
  } finally {
    for (const worker of workers) worker.process.kill('SIGKILL');
  }
}

async function allPrepared(workers: readonly WorkerHandle[], limitMs: number, scheduler: Scheduler): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = scheduler.after(limitMs, () =>
    late.reject(loadError('worker_failed', 'the workers did not get ready in time')),
  );
  try {
    await Promise.race([Promise.all(workers.map((worker) => worker.prepared)), late.promise]);
  } finally {
    timer.cancel();
  }
}

function tell(worker: WorkerHandle, message: ToWorker): void {
  if (worker.process.connected) worker.process.send(message);
}

function startWorker(plan: Plan, index: number, tickMs: number, options: RunOptions): WorkerHandle {
  const child = fork(new URL('./main.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const rows = timeline(tickMs);
  let prepared: { resolve: () => void; reject: (error: Error) => void };
  let ended: (ending: Ending) => void;
  let failure = '';
  const handle: WorkerHandle = {
    process: child,
    timeline: rows,
    last: undefined,
    prepared: new Promise((resolve, reject) => (prepared = { resolve, reject })),
    ended: new Promise((resolve) => (ended = resolve)),
  };
  function keep(snapshot: Snapshot): void {
    handle.last = snapshot;
    rows.merge(snapshot.ticks);
  }
  child.on('message', (message: FromWorker) => {
    if (message.type === 'ready') {
      const oracle = options.oracle ? { oracle: options.oracle } : {};
      tell(handle, { type: 'prepare', plan, index, tickMs, ...oracle });
    } else if (message.type === 'prepared') prepared.resolve();
    else if (message.type === 'snapshot') keep(message.snapshot);
    else if (message.type === 'finished') {
      keep(message.snapshot);
      ended({ kind: 'finished' });
    } else {
      failure = message.message;
      prepared.reject(loadError(message.code === 'bad_file' ? 'bad_file' : 'worker_failed', message.message));
      // It cannot go on: what it has measured so far is already here.
      child.kill('SIGKILL');
    }
  });
  child.once('error', (error) =>
    prepared.reject(loadError('worker_failed', `a worker could not be started: ${error.message}`, error)),
  );
  child.once('exit', (code, signal) => {
    const message = failure || `it ended with ${signal ?? `code ${code}`}`;
    prepared.reject(loadError('worker_failed', `a worker ended before the start: ${message}`));
    ended({ kind: 'worker-died', message });
  });
  // A worker may fail before anyone waits for it; the failure is seen when somebody does.
  handle.prepared.catch(() => {});
  return handle;
}

function reportProgress(
  workers: readonly WorkerHandle[],
  startMs: number,
  { onProgress, clock, scheduler }: RunOptions,
): { cancel(): void } {
  if (!onProgress) return { cancel() {} };
  const reported = new Map<WorkerHandle, Snapshot | undefined>();
  let lastMs = startMs;
  return scheduler.every(500, () => {
    const nowMs = clock.now();
    if (nowMs < startMs) return;
    const recent = emptyRow();
    for (const worker of workers) {
      if (!worker.last || reported.get(worker) === worker.last) continue;
      reported.set(worker, worker.last);
      for (const [, row] of worker.last.ticks) addRow(recent, row);
    }
    onProgress({
      atMs: nowMs - startMs,
      snapshots: workers.flatMap((worker) => worker.last ?? []),
      recent,
      recentMs: nowMs - lastMs,
    });
    lastMs = nowMs;
  });
}

/** The workers' numbers in flight add up; within one worker the highest of a tick counts. */
function mergeTicks(workers: readonly WorkerHandle[]): [number, TickRow][] {
  const merged = new Map<number, TickRow>();
  for (const { timeline: rows } of workers) {
    for (const [tick, row] of rows.rows) {
      let into = merged.get(tick);
      if (!into) merged.set(tick, (into = emptyRow()));
      const inFlight = into.inFlight + row.inFlight;
      addRow(into, row);
      into.inFlight = inFlight;
    }
  }
  return [...merged].toSorted((a, b) => a[0] - b[0]);
}
