import { buildPlan } from '../options/build-plan.ts';
import type { RunFlags } from '../options/cli-options.ts';
import { exitCodes } from '../../shared/exit-codes.ts';
import { loadError } from '../options/errors.ts';
import { parseInteger, parseDuration } from '../options/quantities.ts';
import { explainPrediction } from '../predict/explain.ts';
import type { PredictionRow } from '../predict/explain.ts';
import { md1, mm1, mmc } from '../predict/queues.ts';
import { formatMs, formatRate } from '../report/format.ts';
import { constantStages } from '../schedule/profile.ts';
import type { CommandIo } from './io.ts';
import { measure } from './measure.ts';

export interface PredictFlags extends RunFlags {
  servers?: string;
  service?: string;
  utilisations?: string;
  json?: boolean;
}

/**
 * `load predict`: mean response times at some utilisations beside M/M/1, M/M/c and M/D/1, and the reason for
 * differences.
 */
export async function predictCommand(url: string | undefined, flags: PredictFlags, io: CommandIo): Promise<number> {
  const servers = parseInteger(flags.servers ?? '1', '--servers', 1, 1000);
  const utilisations = (flags.utilisations ?? '0.3,0.5,0.7,0.8').split(',').map(Number);
  if (!utilisations.every((rho) => rho > 0 && rho < 2))
    throw loadError('bad_argument', `--utilisations must be numbers between 0 and 2, not "${flags.utilisations}"`);
  const { plan } = await buildPlan(
    url,
    { ...flags, connections: flags.connections ?? '256', duration: flags.duration ?? '8s' },
    io.cores,
  );
  // A single user never waits in line, so the response time is the service time.
  const alone = await measure(
    {
      ...plan,
      model: { kind: 'closed', users: 1, thinkMs: { kind: 'none' } },
      connections: 1,
      workers: 1,
      durationMs: Math.min(plan.durationMs, 3000),
    },
    io,
  );
  if (alone.counts.right === 0) throw loadError('unreachable', 'no right answer to measure the service time with');
  const serviceMs =
    flags.service === undefined ? alone.latency.sent.meanMs() : parseDuration(flags.service, '--service');
  const serviceVariation = alone.latency.sent.deviationMs() / alone.latency.sent.meanMs();
  io.stderr.write(
    `service time ${formatMs(serviceMs)}, coefficient of variation ${serviceVariation.toFixed(2)}, ${servers} ` +
      `server${servers > 1 ? 's' : ''}\n`,
  );
  const rows: (PredictionRow & { why: string })[] = [];
  for (const utilisation of utilisations) {
    if (io.signal.aborted) throw loadError('interrupted', 'interrupted: the prediction is not complete');
    const rate = (utilisation * servers * 1000) / serviceMs;
    const run = await measure(
      {
        ...plan,
        model: { kind: 'open', stages: constantStages(rate, plan.durationMs), arrivals: { kind: 'poisson' } },
        seed: `${plan.seed}/${utilisation}`,
      },
      io,
    );
    const service = serviceMs / 1000;
    const row: PredictionRow = {
      rate,
      utilisation,
      servers,
      measuredMs: run.latency.intended.meanMs(),
      mm1Ms: mm1(rate / servers, service).meanS * 1000,
      mmcMs: mmc(rate, service, servers).meanS * 1000,
      md1Ms: md1(rate / servers, service).meanS * 1000,
      serviceMs,
      serviceVariation,
      errorShare: run.counts.errors / Math.max(1, run.counts.asked),
      valid: run.valid,
    };
    rows.push({ ...row, why: explainPrediction(row) });
  }
  if (flags.json) io.stdout.write(`${JSON.stringify({ serviceMs, serviceVariation, rows }, undefined, 2)}\n`);
  else io.stdout.write(predictionText(rows, servers));
  return rows.every((row) => row.valid) ? exitCodes.done : exitCodes.failed;
}

function predictionText(rows: readonly (PredictionRow & { why: string })[], servers: number): string {
  const line = (cells: string[]) => cells.map((cell, i) => cell.padStart([5, 10, 11, 10, 10, 10][i] ?? 10)).join('');
  const out = [line(['rho', 'rate', 'measured', 'M/M/1', 'M/D/1', ...(servers > 1 ? [`M/M/${servers}`] : [])])];
  for (const row of rows) {
    out.push(
      line([
        row.utilisation.toFixed(2),
        formatRate(row.rate),
        formatMs(row.measuredMs),
        ...[row.mm1Ms, row.md1Ms, ...(servers > 1 ? [row.mmcMs] : [])].map((ms) =>
          Number.isFinite(ms) ? formatMs(ms) : '∞',
        ),
      ]),
    );
    out.push(`       ${row.why}`);
  }
  return `\n${out.map((text) => `  ${text}`).join('\n')}\n\n`;
}
