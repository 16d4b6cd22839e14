import { Agent } from 'node:http';
import { type DirectCall, callDirectly } from '../../cli/direct-call.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import type { LabNode } from '../runner/lab.ts';
import { createRateMeter, type RateMeterOptions } from './rate-meter.ts';

/** One call to one node of a lab's cluster. */
export interface NodeCall extends DirectCall {
  readonly node: Pick<LabNode, 'host' | 'port'>;
}

export interface TimedAnswer {
  readonly ok: boolean;
  readonly tookMs: number;
  readonly body: unknown;
  readonly code?: string;
  /** The age of an answer from memory, ms, where a component was down. */
  readonly staleMs?: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/** Resolves always; a failure has `ok: false` and a code. */
export async function callNode({ node, ...call }: NodeCall, timeoutMs = 20_000): Promise<TimedAnswer> {
  const answer = await callDirectly(node, call, { caller: 'lab', timeoutMs, agent });
  const { ok, tookMs } = answer;
  if (!ok) return { ok, tookMs, body: undefined, code: answer.failure };
  const { body, staleMs } = answer;
  if (body === undefined) return { ok: false, tookMs, body, code: 'bad_reply' };
  return { ok, tookMs, body, ...(staleMs !== undefined && { staleMs }) };
}

/** When the calls of an open load are due, ms from its start: Poisson arrivals from the seed. */
export function arrivalTimes(seed: string, n: number, perSecond: number): readonly number[] {
  const random = seededRandom(`${seed}/load`);
  let dueMs = 0;
  return Array.from({ length: n }, () => (dueMs += (-1_000 / perSecond) * Math.log(1 - random.next())));
}

/**
 * Open loop: `n` calls at `arrivalTimes`. Each call is sent when it is due, even if earlier calls have no answer yet.
 * The call is timed from the moment when it is due.
 */
export async function openLoad(options: {
  readonly seed: string;
  readonly n: number;
  readonly perSecond: number;
  readonly question: (i: number) => NodeCall;
  readonly signal: AbortSignal;
  /** How long (in ms) a caller waits for its answer. By default, as long as `callNode` waits. */
  readonly timeoutMs?: number;
  readonly onProgress?: (done: number) => void;
}): Promise<readonly TimedAnswer[]> {
  const { seed, n, perSecond, question, signal, timeoutMs, onProgress } = options;
  const startedAt = performance.now();
  const answers: Promise<TimedAnswer>[] = [];
  for (const [i, dueMs] of arrivalTimes(seed, n, perSecond).entries()) {
    const waitMs = startedAt + dueMs - performance.now();
    if (waitMs > 0.5) await sleep(systemScheduler, waitMs, signal);
    signal.throwIfAborted();
    const lateMs = Math.max(0, performance.now() - startedAt - dueMs);
    answers.push(callNode(question(i), timeoutMs).then((answer) => ({ ...answer, tookMs: answer.tookMs + lateMs })));
    if (i % 20 === 0) onProgress?.(i);
  }
  return Promise.all(answers);
}

/** Runs `task` for the numbers from 0 to `n` - 1: each of the `lanes` takes the next number when it is ready. */
export async function inLanes(options: {
  readonly n: number;
  readonly lanes: number;
  readonly task: (i: number) => Promise<void>;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { n, lanes, task, signal } = options;
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < n) {
        signal.throwIfAborted();
        await task(next++);
      }
    }),
  );
}

/** `lanes` callers, each of which sends its next call when it has its answer. */
export async function closedLoad(options: {
  readonly n: number;
  readonly lanes: number;
  readonly question: (i: number) => NodeCall;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number) => void;
}): Promise<readonly TimedAnswer[]> {
  const { n, lanes, question, signal, onProgress } = options;
  const answers: TimedAnswer[] = [];
  async function task(i: number): Promise<void> {
    answers.push(await callNode(question(i)));
    if (answers.length % 20 === 0) onProgress?.(answers.length);
  }
  await inLanes({ n, lanes, task, signal });
  return answers;
}

/**
 * Answers per second while `lanes` callers always have a call under way. The callers stop at the end, so the last calls
 * are not counted.
 */
export async function throughput(
  options: RateMeterOptions & {
    readonly lanes: number;
    readonly question: (i: number) => NodeCall;
    readonly signal: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<{
  readonly perSecond: readonly number[];
  readonly answered: number;
  readonly failed: readonly TimedAnswer[];
}> {
  const { lanes, question, signal, onProgress, windows } = options;
  const meter = createRateMeter(systemClock, options);
  const failed: TimedAnswer[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (;;) {
        signal.throwIfAborted();
        const answer = await callNode(question(next++));
        if (meter.isOver()) return;
        if (answer.ok) meter.count();
        else failed.push(answer);
        onProgress?.(meter.passed(), windows);
      }
    }),
  );
  return { ...meter.figures(), failed };
}

/**
 * A fixed service time of about `meanMs`, for calibration. A timer of Node.js drops the fraction of a millisecond. From
 * random times, it drops half a ms on average. From this fixed time, it drops exactly half a ms.
 */
export const calibrationMs = (meanMs: number): number => Math.floor(meanMs) + 0.5;

export const meanMs = (answers: readonly TimedAnswer[]): number =>
  answers.reduce((sum, { tookMs }) => sum + tookMs, 0) / answers.length;
