import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Counts } from '../../../loadgen/measure/recorder.ts';
import { compiled } from '../../support/compiled.ts';

const main = path.resolve(import.meta.dirname, '../../../loadgen/main.ts');

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Figures extends Omit<Counts, 'good' | 'bytes'> {
  goodput: number;
  latencyMs: Record<
    'intended' | 'sent' | 'errors' | 'lateness',
    Record<'p50' | 'p90' | 'p99' | 'p999' | 'max', number>
  >;
  codes: Record<string, number>;
  sessions: { started: number; broken: number; why: string[] };
  wrongAnswers: {
    at: string;
    question: string;
    why: string;
    expected?: string;
    got: string;
    difference?: { path: string; expected: string; got: string };
    nodes: string[];
  }[];
  requests: Record<string, { done: number; errors: number }>;
  interarrivalVariation: { intended?: number; sent?: number };
  zipf: { asked: number; achieved: number } | null;
  little: { inFlight: number; rateTimesLatency: number };
  valid: boolean;
  reasons: string[];
  notes: string[];
  ending: string;
  durationMs: number;
  thresholds: { text: string; passed: boolean }[];
}

export interface Started {
  pid: number;
  finished: Promise<Finished>;
  /** Resolves with the match when stderr has shown this. */
  shown(pattern: RegExp): Promise<string[]>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the load generator as its users do. It is killed when it takes longer than `limitMs`. */
export function start(args: readonly string[], limitMs = 55_000, env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [main, ...args], { env: { ...compiled, NO_COLOR: '1', ...env } });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
    for (const watch of watchers) watch();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
      for (const watch of watchers) watch();
    });
  });
  return {
    pid: child.pid ?? 0,
    finished,
    shown: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const match = pattern.exec(stderr);
          if (match) resolve([...match]);
          else if (child.exitCode !== null) reject(new Error(`it ended without showing ${String(pattern)}: ${stderr}`));
          else return;
          watchers.delete(watch);
        };
        watchers.add(watch);
        watch();
      }),
    kill: (signal) => void child.kill(signal),
  };
}

export function load(...args: string[]): Promise<Finished> {
  return start(args).finished;
}

export async function figures(...args: string[]): Promise<Figures & Finished> {
  const finished = await load(...args, '--json');
  if (finished.stdout === '') throw new Error(`no figures: ${finished.stderr}`);
  return { ...finished, ...(JSON.parse(finished.stdout) as Figures) };
}
