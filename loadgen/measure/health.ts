import { performance } from 'node:perf_hooks';
import type { Clock } from '../../shared/time/clock.ts';
import { timeHistogram } from './histogram.ts';
import { runDelayMs } from '../../shared/time/run-delay.ts';

/** How busy a worker was. The validity verdict uses these figures. */
export interface WorkerHealth {
  /** Mean number of requests in flight, sampled by a timer over the run: the L of Little's law. */
  meanInFlight: number;
  /** Share of the samples that found all connections in use and requests waiting. */
  atCap: number;
  /** Event-loop utilisation over the run, 0 to 1. */
  loopUtilisation: number;
  /** 99th percentile of the delay of a 20 ms timer, ms. */
  loopDelayP99Ms: number;
  /** Share of the run in which the worker waited for a processor (Linux), undefined where unknown. */
  runDelay?: number;
  cpuMs: number;
  /** Requests that were due, but never sent. */
  unsent: number;
  /** Requests that were sent, but not answered when the run was over. */
  unanswered: number;
  elapsedMs: number;
}

/** Facts that the sampler gets from its caller. */
export type RequestsLeft = Pick<WorkerHealth, 'unsent' | 'unanswered'>;

export interface HealthSampler {
  /** The load begins now. */
  begin(): void;
  /** Takes one sample; call it every `sampleMs`. `waiting`: requests without a free connection. */
  sample(nowMs: number, inFlight: number, waiting: number): void;
  read(elapsedMs: number, left: RequestsLeft): WorkerHealth;
}

/** The processor and the event loop are read once per this many samples. */
const samplesPerLook = 25;

/**
 * Samples the number in flight and the event loop itself by a timer, independently of the recorder. Sampling stops with
 * the last arrival, because the wait for the last answers would dilute the figures.
 */
export function healthSampler(options: { clock: Clock; sampleMs: number; connections: number }): HealthSampler {
  const { clock, sampleMs, connections } = options;
  const delays = timeHistogram();
  let samples = 0;
  let sum = 0;
  let capped = 0;
  let beganMs = clock.now();
  let lastMs = beganMs;
  let cpu = process.cpuUsage();
  let delayAtStart = runDelayMs();
  let loop = performance.eventLoopUtilization();
  let seen: { loop: number; runDelay: number | undefined } = { loop: 0, runDelay: undefined };

  function look(nowMs: number): void {
    const delay = runDelayMs();
    const known = delay !== undefined && delayAtStart !== undefined;
    seen = {
      loop: performance.eventLoopUtilization(loop).utilization,
      runDelay: known ? (delay - delayAtStart!) / Math.max(1, nowMs - beganMs) : undefined,
    };
  }

  return {
    begin() {
      beganMs = lastMs = clock.now();
      cpu = process.cpuUsage();
      delayAtStart = runDelayMs();
      loop = performance.eventLoopUtilization();
    },
    sample(nowMs, inFlight, waiting) {
      samples++;
      sum += inFlight;
      if (waiting > 0 && inFlight >= connections) capped++;
      delays.record(Math.max(0, nowMs - lastMs - sampleMs));
      lastMs = nowMs;
      if (samples % samplesPerLook === 0) look(nowMs);
    },
    read(elapsedMs, left) {
      const used = process.cpuUsage(cpu);
      return {
        meanInFlight: samples === 0 ? 0 : sum / samples,
        atCap: samples === 0 ? 0 : capped / samples,
        loopUtilisation: seen.loop,
        loopDelayP99Ms: delays.percentileMs(99),
        ...(seen.runDelay === undefined ? {} : { runDelay: seen.runDelay }),
        cpuMs: (used.user + used.system) / 1000,
        elapsedMs,
        ...left,
      };
    },
  };
}
