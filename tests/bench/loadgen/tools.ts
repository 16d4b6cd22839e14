import { execFile } from 'node:child_process';
import { readFile, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { exitCodes } from '../../../shared/exit-codes.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../../..');
let number = 0;

/** Processor time and answers of one run of a load generator. */
export interface Spent {
  cpuSeconds: number;
  requests: number;
  output: string;
}

/** Runs a program under the shell's `times`: user and system time of the program and its children. */
async function timed(command: string, args: readonly string[]): Promise<{ cpuSeconds: number; output: string }> {
  const file = path.join(tmpdir(), `tierlab-bench-${process.pid}-${number++}`);
  const script = '"$@"; status=$?; times > "$TIMES_FILE"; exit $status';
  try {
    const { stdout } = await run('/bin/bash', ['-c', script, 'bash', command, ...args], {
      env: { ...process.env, TIMES_FILE: file, NO_COLOR: '1' },
      maxBuffer: 1 << 24,
    }).catch((error: { stdout?: string; code?: unknown }) => {
      // A run with an invalid verdict still has its figures; a failed run has none.
      if (error.code === exitCodes.failed && error.stdout) return { stdout: error.stdout };
      throw error;
    });
    const children = (await readFile(file, 'utf8')).trim().split('\n')[1] ?? '';
    const cpuSeconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
      0,
    );
    return { cpuSeconds, output: stdout };
  } finally {
    await unlink(file).catch(() => {});
  }
}

export function hasWrk(): Promise<boolean> {
  return run('wrk', ['-v']).then(
    () => true,
    (error: { code?: unknown }) => error.code !== 'ENOENT',
  );
}

export async function wrk(url: string, connections: number, seconds: number): Promise<Spent> {
  const { cpuSeconds, output } = await timed('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, url]);
  return { cpuSeconds, output, requests: Number(/(\d+) requests in/.exec(output)?.[1] ?? 0) };
}

export async function autocannon(url: string, args: readonly string[]): Promise<Spent> {
  const { cpuSeconds, output } = await timed(process.execPath, [
    path.join(root, 'node_modules/autocannon/autocannon.js'),
    '--json',
    '-n',
    ...args,
    url,
  ]);
  const json = output.slice(output.indexOf('{'));
  return { cpuSeconds, output: json, requests: (JSON.parse(json) as { requests: { total: number } }).requests.total };
}

/** Our generator as a user runs it. `cpuSeconds` includes everything: start, report, workers. */
export async function ours(url: string, args: readonly string[]): Promise<Spent & { json: OurFigures }> {
  const { cpuSeconds, output } = await timed(process.execPath, [
    path.join(root, 'loadgen/main.ts'),
    url,
    '--json',
    '--quiet',
    ...args,
  ]);
  const json = JSON.parse(output) as OurFigures;
  return { cpuSeconds, output, requests: json.done, json };
}

export interface OurFigures {
  done: number;
  cpuSecondsPer10kRequests: number;
  latencyMs: Record<'intended' | 'sent' | 'lateness', { p50: number; p99: number }>;
}
