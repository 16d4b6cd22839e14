import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpus, platform } from 'node:os';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import { addRow, emptyRow, tickFor, timeline } from '../measure/timeline.ts';
import type { TickRow, Timeline } from '../measure/timeline.ts';
import { loadError } from '../options/errors.ts';
import type { LoadPlan } from '../options/plan.ts';
import type { Ending, MeasuredRun } from '../measure/measured.ts';
import type { OracleEntries } from '../verify/oracle.ts';
import { explainWrong, mostWrongAnswers } from '../verify/wrong-answers.ts';
import type { SeenWrong } from '../verify/wrong-answers.ts';
import { graceMs, watchEndings } from './endings.ts';
import { mergeTotals } from './merge.ts';
import type { FromWorker, WorkerSnapshot, ToWorker } from './messages.ts';
import { openFilesLimit } from './open-files.ts';
import { probe } from './probe.ts';

/** The progress that a listener gets twice a second. */
export interface LoadProgress {
  /** ms since time 0. */
  atMs: number;
  snapshots: WorkerSnapshot[];
  /** The events since the last progress, as one row. */
  recent: TickRow;
  recentMs: number;
}

export interface LoadRunOptions {
  oracle?: OracleEntries;
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
  clock: Clock;
  scheduler: Scheduler;
}

interface WorkerHandle {
  process: ChildProcess;
  timeline: Timeline;
  last: WorkerSnapshot | undefined;
  wrong: SeenWrong[];
  lastHeardMs: number;
  prepared: Promise<void>;
  ended: Promise<Ending>;
  /** Kills the worker. Its ending then has `message` as the reason. */
  kill(message: string): void;
}

const leadMs = 60;
const startTimeoutMs = 15_000;
const stuckMessage =
  'it was killed, because it did not react when the load was over; perhaps a scenario loops for ever';

/**
 * Runs a plan in worker processes and merges what they measured.
 *
 *   controller -- prepare, start, stop --> worker 0..n-1
 *              <-- snapshots every 0.5 s, finished --
 *
 * The controller draws the progress, serves metrics and writes files. The workers only send and measure, each with its
 * own event loop. When a worker dies, its last snapshot counts. No worker outlives this call or this process. Throws
 * `unreachable`, `own_limit`, `tls`, `worker_failed`, `interrupted` (before the start).
 */
export async function runLoad(plan: LoadPlan, options: LoadRunOptions): Promise<MeasuredRun> {
  await probe(plan);
  const tickMs = tickFor(plan.durationMs);
  const workers: WorkerHandle[] = [];
  const killAll = (): void => {
    for (const worker of workers) worker.process.kill('SIGKILL');
  };
  process.once('exit', killAll);
  try {
    for (let index = 0; index < plan.workers; index++) workers.push(startWorker(plan, index, tickMs, options));
    await allPrepared(workers, startTimeoutMs + plan.timeoutMs, options);
    const run = await loadUntilEnd(workers, plan, options);
    const wrong = workers.flatMap((worker) => worker.wrong);
    return {
      plan,
      ...run,
      ...mergeTotals(
        workers.flatMap((worker) => (worker.last ? [worker.last.totals] : [])),
        'skew' in plan.workload ? plan.workload.skew : undefined,
      ),
      wrongAnswers: explainWrong(wrong, options.oracle, run.startedAtMs),
      tickMs,
      ticks: mergeTicks(workers),
      workers: workers.flatMap((worker) => (worker.last ? [worker.last.health] : [])),
      journal: [],
      machine: { node: process.version, cores: cpus().length, platform: platform(), openFiles: openFilesLimit() },
    };
  } finally {
    killAll();
    process.off('exit', killAll);
  }
}

/** Starts the load in all workers at one instant. Resolves when the last worker has ended. */
async function loadUntilEnd(
  workers: readonly WorkerHandle[],
  plan: LoadPlan,
  options: LoadRunOptions,
): Promise<Pick<MeasuredRun, 'startedAtMs' | 'durationMs' | 'ending'>> {
  const { clock, signal } = options;
  const startMs = clock.now() + leadMs;
  const startedAtMs = clock.wall() + leadMs;
  for (const worker of workers) tell(worker, { type: 'start', startAt: performance.timeOrigin + startMs });
  let interruptedMs: number | undefined;
  const interrupt = (): void => {
    interruptedMs = Math.max(0, clock.now() - startMs);
    for (const worker of workers) tell(worker, { type: 'stop' });
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  if (signal?.aborted) interrupt();
  const progress = reportProgress(workers, startMs, options);
  const endings = watchEndings(
    workers.map((worker) => ({
      get lastHeardMs() {
        return worker.lastHeardMs;
      },
      stuck: () => worker.kill(stuckMessage),
    })),
    {
      endMs: () => startMs + Math.min(plan.durationMs, interruptedMs ?? Infinity),
      drainMs: graceMs + plan.timeoutMs,
    },
    options,
  );
  const ended = await Promise.all(workers.map((worker) => worker.ended));
  endings.cancel();
  progress.cancel();
  signal?.removeEventListener('abort', interrupt);
  const died = ended.find((ending) => ending.kind === 'worker-died');
  const measuredMs = Math.max(0, ...workers.map((worker) => worker.last?.health.elapsedMs ?? 0));
  const stoppedMs = interruptedMs ?? (died ? measuredMs : plan.durationMs);
  const interrupted = interruptedMs !== undefined && interruptedMs < plan.durationMs;
  return {
    startedAtMs,
    durationMs: Math.min(plan.durationMs, stoppedMs),
    ending: interrupted ? { kind: 'interrupted' } : (died ?? { kind: 'finished' }),
  };
}

async function allPrepared(
  workers: readonly WorkerHandle[],
  limitMs: number,
  { scheduler, signal }: LoadRunOptions,
): Promise<void> {
  const refused = Promise.withResolvers<never>();
  const timer = scheduler.after(limitMs, () =>
    refused.reject(loadError('worker_failed', 'the workers did not get ready in time')),
  );
  const interrupt = (): void => refused.reject(loadError('interrupted', 'interrupted before the load began'));
  signal?.addEventListener('abort', interrupt, { once: true });
  if (signal?.aborted) interrupt();
  try {
    await Promise.race([Promise.all(workers.map((worker) => worker.prepared)), refused.promise]);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', interrupt);
  }
}

function tell(worker: WorkerHandle, message: ToWorker): void {
  // The exit event reports a worker that has just died.
  if (worker.process.connected) worker.process.send(message, () => {});
}

/** Why a worker cannot begin. Its own machine may refuse it a file, a thread or memory. */
function startError(text: string): Error {
  if (!/\b(?:EMFILE|ENFILE|EAGAIN|ENOMEM)\b/.test(text)) return loadError('worker_failed', text);
  const files = openFilesLimit();
  const limit = files === undefined ? '' : ` A process may have ${files} open files (ulimit -n).`;
  return loadError(
    'own_limit',
    `this machine refused a resource to a worker: ${text}.${limit} The server is not the cause`,
  );
}

/** V8 aborts the process at its heap limit: by SIGABRT, or by a trap instruction. */
function endInWords(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== 'SIGABRT' && signal !== 'SIGTRAP') return `it ended with ${signal ?? `code ${code}`}`;
  return `the load generator ran out of memory (${signal}); use more workers (-w), or let the scenario keep less`;
}

function startWorker(plan: LoadPlan, index: number, tickMs: number, options: LoadRunOptions): WorkerHandle {
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
    wrong: [],
    lastHeardMs: options.clock.now(),
    kill(message) {
      failure ||= message;
      child.kill('SIGKILL');
    },
    prepared: new Promise((resolve, reject) => (prepared = { resolve, reject })),
    ended: new Promise((resolve) => (ended = resolve)),
  };
  function keep(snapshot: WorkerSnapshot): void {
    handle.last = snapshot;
    rows.merge(snapshot.ticks);
    if (handle.wrong.length < mostWrongAnswers) handle.wrong.push(...snapshot.wrong);
  }
  child.on('message', (message: FromWorker) => {
    handle.lastHeardMs = options.clock.now();
    if (message.type === 'ready') {
      const digests = options.oracle?.map(([key, digest]): OracleEntries[number] => [key, digest]);
      tell(handle, { type: 'prepare', plan, index, tickMs, ...(digests ? { oracle: digests } : {}) });
    } else if (message.type === 'prepared') prepared.resolve();
    else if (message.type === 'snapshot') keep(message.snapshot);
    else if (message.type === 'finished') {
      keep(message.snapshot);
      ended({ kind: 'finished' });
    } else {
      prepared.reject(
        message.code === 'bad_file' ? loadError('bad_file', message.message) : startError(message.message),
      );
      // The worker cannot go on. Its measurements so far have already arrived.
      handle.kill(message.message);
    }
  });
  child.once('error', (error) => prepared.reject(startError(`a worker could not be started: ${error.message}`)));
  child.once('exit', (code, signal) => {
    const message = failure || endInWords(code, signal);
    prepared.reject(loadError('worker_failed', `a worker ended before the start: ${message}`));
    ended({ kind: 'worker-died', message });
  });
  // A worker may fail before any code awaits it. The later await sees the failure.
  handle.prepared.catch(() => {});
  return handle;
}

function reportProgress(
  workers: readonly WorkerHandle[],
  startMs: number,
  { onProgress, clock, scheduler }: LoadRunOptions,
): { cancel(): void } {
  if (!onProgress) return { cancel() {} };
  const reported = new Map<WorkerHandle, WorkerSnapshot | undefined>();
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

/** The in-flight numbers of the workers add up. Within one worker, the highest number of a tick counts. */
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
