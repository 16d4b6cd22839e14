import { spawn } from 'node:child_process';
import { cpuSeconds } from '../cpu.ts';

const secondsPerRound = 3;
const connections = 32;
export const words = 'domestic animal dog';

/** One system under load, as wrk and /proc see it. */
export interface Cost {
  readonly perSecond: number;
  /** CPU time of all its processes for one search, ms. */
  readonly cpuMs: number;
}

export interface System {
  readonly url: string;
  readonly pids: readonly number[];
}

export const inWords = ({ perSecond, cpuMs }: Cost): string => `${perSecond.toFixed(0)}/s (${cpuMs.toFixed(2)} ms CPU)`;

/**
 * The costs of a round without a failure. Admission is on, with a limit above the 32 connections (topology.json). wrk
 * repeats refused requests at once, so with a low limit the round would mostly measure refusals.
 */
export async function clean(system: System, say: (line: string) => void): Promise<Cost> {
  for (let again = 0; again < 2; again++) {
    try {
      return await wrk(system);
    } catch (error) {
      say(`${(error as Error).message}: once more`);
    }
  }
  return wrk(system);
}

/** Throws when a request had no successful answer, unless `strict` is false. */
export async function wrk({ url, pids }: System, strict = true): Promise<Cost> {
  const cpuBefore = cpuSeconds(pids);
  const page = `${url}/search?q=${encodeURIComponent(words)}`;
  const child = spawn('wrk', ['-t1', `-c${connections}`, `-d${secondsPerRound}s`, page], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(text);
  if (failed && strict) throw new Error(`${failed[1]} answers of ${url} were not successes`);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)![1]),
    cpuMs: ((cpuSeconds(pids) - cpuBefore) * 1_000) / Number(/(\d+) requests in/.exec(text)![1]),
  };
}
