import { writeFile } from 'node:fs/promises';
import { stallServer } from '../demo/stall-server.ts';
import { percentiles } from '../measure/histogram.ts';
import { buildPlan } from '../options/build-plan.ts';
import { exitCodes } from '../../shared/exit-codes.ts';
import { formatMs } from '../report/format.ts';
import { htmlReport } from '../report/page/page.ts';
import type { RunResult } from '../verdict/result.ts';
import type { CommandIo } from './io.ts';
import { measure } from './measure.ts';

const serviceMs = 5;
const rate = 100;
/** With so few users, fewer than 1% of the requests of a closed loop meet the stall, so its p99 hides the stall. */
const users = 5;

export interface DemoFlags {
  duration?: string;
  html?: string;
  json?: boolean;
  seed?: string;
}

export interface DemoResult {
  open: RunResult;
  closed: RunResult;
  /** The stall in ms, and the p99 that an open loop must see. */
  stallMs: number;
  predictedP99Ms: number;
}

/**
 * One server, one stall of a tenth of the run (1 s of 10 s), both models at 100/s. A tenth of the open loop's requests
 * arrives during the stall and waits for the rest of it. So the slowest 1% wait for over 9/10 of the stall. Each user
 * of the closed loop sends one slow request, and no more until the stall is over.
 */
export async function openVsClosed(durationMs: number, seed: string, io: CommandIo): Promise<DemoResult> {
  const server = await stallServer(serviceMs, io.clock, io.scheduler);
  const stallMs = durationMs / 10;
  const url = `http://127.0.0.1:${server.port}/`;
  async function stalled(flags: Record<string, string>): Promise<RunResult> {
    const { plan } = await buildPlan(url, { ...flags, duration: `${durationMs}ms`, seed, timeout: '30s' }, io.cores);
    let stall: { cancel(): void } | undefined;
    try {
      return await measure(plan, {
        ...io,
        // The first progress comes after half a second: the run has certainly begun by then.
        onProgress({ atMs }) {
          stall ??= io.scheduler.after(Math.max(0, durationMs * 0.4 - atMs), () => server.stallFor(stallMs));
        },
      });
    } finally {
      stall?.cancel();
    }
  }
  try {
    const open = await stalled({ rate: String(rate) });
    const closed = await stalled({ users: String(users), think: `${(users / rate) * 1000 - serviceMs}ms` });
    return { open, closed, stallMs, predictedP99Ms: stallMs * 0.9 };
  } finally {
    await server.close();
  }
}

/** `load demo open-vs-closed` */
export async function demoCommand(flags: DemoFlags, durationMs: number, io: CommandIo): Promise<number> {
  io.stderr.write(
    `one server of ${serviceMs} ms that stalls for ${formatMs(durationMs / 10)}; ${rate} requests/s, once from ` +
      'an open and once from a closed loop\n',
  );
  const result = await openVsClosed(durationMs, flags.seed ?? '1', io);
  const { open, closed, predictedP99Ms } = result;
  if (flags.json) {
    const figures = (run: RunResult) => ({
      done: run.counts.done,
      latencyMs: percentiles(run.latency.intended),
      valid: run.valid,
      reasons: run.reasons,
    });
    io.stdout.write(
      `${JSON.stringify({ predictedP99Ms, open: figures(open), closed: figures(closed) }, undefined, 2)}\n`,
    );
  } else io.stdout.write(demoText(result));
  if (flags.html !== undefined) {
    await writeFile(flags.html, await htmlReport([open, closed], ['open loop', 'closed loop']));
    io.stderr.write(`report: ${flags.html}\n`);
  }
  if (open.ending.kind === 'interrupted' || closed.ending.kind === 'interrupted') return exitCodes.interrupted;
  return open.valid && closed.valid ? exitCodes.done : exitCodes.failed;
}

function demoText({ open, closed, stallMs, predictedP99Ms }: DemoResult): string {
  const most = Math.max(open.latency.intended.maxMs(), 1);
  const cells = (texts: readonly string[]) => texts.map((text) => text.padStart(10)).join('');
  const row = (name: string, run: RunResult) => {
    const { p50, p90, p99, max } = percentiles(run.latency.intended);
    const bar = '█'.repeat(Math.max(1, Math.round((p99 / most) * 24)));
    const figures = cells([p50, p90, p99, max].map(formatMs));
    return `  ${name.padEnd(12)}${String(run.counts.done).padStart(7)}${figures}  ${bar}`;
  };
  const reasons = [open, closed].flatMap((run) => run.reasons);
  return [
    '',
    `  ${''.padEnd(12)}${'done'.padStart(7)}${cells(['p50', 'p90', 'p99', 'max'])}  p99`,
    row('open loop', open),
    row('closed loop', closed),
    '',
    `  A stall of ${formatMs(stallMs)} is a tenth of the run. A tenth of the arrivals waits, and the slowest ` +
      `1% waits longer than ${formatMs(predictedP99Ms)}.`,
    '  The closed loop sends nothing while it waits. It measures one slow answer per user, so slow answers seem rare.',
    ...reasons.map((reason) => `  ✗ not valid: ${reason}`),
    '',
    '',
  ].join('\n');
}
