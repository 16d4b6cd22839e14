import { buildPlan } from '../options/build-plan.ts';
import type { RunFlags } from '../options/cli-options.ts';
import { exitCodes } from '../../shared/exit-codes.ts';
import { isOwnLimit, loadError } from '../options/errors.ts';
import { parseInteger, parseSeries } from '../options/quantities.ts';
import { percentiles } from '../measure/histogram.ts';
import { terminalStyle } from '../report/terminal-style.ts';
import { formatMs, formatRate } from '../report/format.ts';
import { ratePerSecond } from '../measure/measured.ts';
import { fitUsl } from '../sweep/usl.ts';
import type { Estimate, SweepPoint, UslFit } from '../sweep/usl.ts';
import type { CommandIo } from './io.ts';
import { measure } from './measure.ts';

export interface SweepFlags extends RunFlags {
  repeats?: string;
  json?: boolean;
}

type Point = SweepPoint & { p50Ms: number; p99Ms: number; valid: boolean; lost?: string };

/**
 * `load sweep --connections 1..64`: throughput against the number of requests in flight, with a fit of the universal
 * scalability law.
 */
export async function sweepCommand(url: string | undefined, flags: SweepFlags, io: CommandIo): Promise<number> {
  const series = parseSeries(flags.connections ?? '1..64', '--connections');
  const repeats = parseInteger(flags.repeats ?? '3', '--repeats', 1, 25);
  const { plan } = await buildPlan(url, { ...flags, connections: '1', duration: flags.duration ?? '2s' }, io.cores);
  const style = terminalStyle(io.stderr);
  const points: Point[] = [];
  let invalid = 0;
  const row = (n: string, done: string, p50: string, p99: string) =>
    n.padStart(10) + done.padStart(12) + p50.padStart(11) + p99.padStart(11);

  async function measureSize(n: number, seed: string): Promise<{ point: Point; reason: string | undefined }> {
    const model = { kind: 'closed' as const, users: n, thinkMs: { kind: 'none' as const } };
    const sized = { ...plan, model, connections: n, workers: Math.min(plan.workers, n), seed };
    try {
      const { valid, reasons, generatorAtFault, latency, counts, durationMs } = await measure(sized, io);
      const { p50, p99 } = percentiles(latency.sent);
      const figures = { n, throughput: ratePerSecond(counts.right, durationMs), p50Ms: p50, p99Ms: p99, valid };
      return { point: { ...figures, ...(generatorAtFault && { lost: reasons.join('; ') }) }, reason: reasons[0] };
    } catch (error) {
      if (!isOwnLimit(error)) throw error;
      const { message } = error;
      return { point: { n, throughput: 0, p50Ms: NaN, p99Ms: NaN, valid: false, lost: message }, reason: message };
    }
  }

  io.stderr.write(style.dim(`${row('in flight', 'done', 'p50', 'p99')}\n`));
  // Runs every size once, then all again: a slow drift of the machine then affects all sizes alike.
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const n of series) {
      if (io.signal.aborted) throw loadError('interrupted', 'interrupted: the sweep is not complete');
      const { point, reason } = await measureSize(n, `${plan.seed}/${repeat}/${n}`);
      points.push(point);
      if (!point.valid) invalid++;
      const figures = row(String(n), formatRate(point.throughput), formatMs(point.p50Ms), formatMs(point.p99Ms));
      io.stderr.write(`${figures}${point.valid ? '' : style.red(`  ${reason}`)}\n`);
    }
  }
  const fit = conclude(points);
  if (flags.json) io.stdout.write(`${JSON.stringify({ points, fit }, undefined, 2)}\n`);
  else
    io.stdout.write(
      `\n${fitText(fit)
        .map((line) => `  ${line}`)
        .join('\n')}\n\n`,
    );
  return fit.kind === 'no-conclusion' || invalid * 2 > points.length ? exitCodes.failed : exitCodes.done;
}

/**
 * Why there is no fit: at some size the generator itself was the limit. A fit through the other sizes would blame the
 * server for that limit.
 */
type Conclusion = UslFit | { kind: 'no-conclusion'; why: string };

/** A size is unusable when the generator was the limit in most of its runs. */
export function conclude(points: readonly (SweepPoint & { valid: boolean; lost?: string })[]): Conclusion {
  for (const n of new Set(points.map((point) => point.n))) {
    const runs = points.filter((point) => point.n === n);
    const lost = runs.flatMap((run) => run.lost ?? []);
    if (lost.length * 2 > runs.length) return { kind: 'no-conclusion', why: `with ${n} in flight ${lost[0]}` };
  }
  return fitUsl(points.filter((point) => point.valid));
}

export function fitText(fit: Conclusion): string[] {
  if (fit.kind === 'no-conclusion') return [`no conclusion about the server: ${fit.why}`];
  if (fit.kind === 'not-identifiable') return [`universal scalability law: not identifiable: ${fit.why}`];
  const row = (name: string, { value, low, high }: Estimate, digits: number) =>
    `${name.padEnd(30)}${value.toPrecision(digits).padStart(12)}   95%: ${low.toPrecision(digits)} to ` +
    high.toPrecision(digits);
  return [
    'universal scalability law',
    row('lambda  throughput of one', fit.lambda, 4),
    row('sigma   contention', fit.sigma, 3),
    row('kappa   coherency', fit.kappa, 3),
    `explains ${(fit.r2 * 100).toFixed(1)}% of the variance`,
    fit.peak
      ? `peak at ${fit.peak.n.toFixed(0)} in flight: ${formatRate(fit.peak.throughput)}`
      : 'peak: not identifiable',
    ...fit.unidentified.map((text) => `not identifiable: ${text}`),
  ];
}
