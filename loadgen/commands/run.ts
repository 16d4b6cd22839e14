import { writeFile } from 'node:fs/promises';
import { faultWindows } from '../journal/windows.ts';
import type { FaultWindow } from '../journal/windows.ts';
import { readJournal } from '../journal/read.ts';
import { spectrumText } from '../measure/spectrum.ts';
import { buildPlan } from '../options/build-plan.ts';
import { readText } from '../options/read-text.ts';
import type { RunFlags } from '../options/cli-options.ts';
import { exitCodes } from '../../shared/exit-codes.ts';
import { loadError } from '../options/errors.ts';
import type { LoadPlan } from '../options/plan.ts';
import { parseTarget, requireAllowed } from '../options/target.ts';
import { metricsServer } from '../report/metrics-server.ts';
import { terminalStyle } from '../report/terminal-style.ts';
import { timelineCsv } from '../report/csv.ts';
import { describePlan, describeWorkload } from '../report/describe.ts';
import { resultJson } from '../report/json.ts';
import { progressLine, progressView } from '../report/progress.ts';
import type { RunResult } from '../verdict/result.ts';
import { writeResult } from '../report/results-file.ts';
import { terminalReport } from '../report/terminal.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { oracleText, parseOracle } from '../verify/oracle.ts';
import type { OracleEntries } from '../verify/oracle.ts';
import { recordOracle } from '../verify/record.ts';
import { createWorkload } from '../workload/create.ts';
import type { CommandIo } from './io.ts';
import { measure } from './measure.ts';

export interface OutputFlags {
  json?: boolean;
  out?: string;
  csv?: string;
  html?: string;
  spectrum?: string | boolean;
  journal?: string;
  metricsPort?: string;
  saveOracle?: string;
  quiet?: boolean;
}

/** `tierlab load [URL]`: one run, its reports, its exit code. */
export async function runCommand(
  url: string | undefined,
  flags: RunFlags & OutputFlags,
  io: CommandIo,
): Promise<number> {
  const { plan, thresholds } = await buildPlan(url, flags, io.cores);
  const style = terminalStyle(io.stderr);
  const note = (text: string) => flags.quiet || io.stderr.write(`${style.dim(text)}\n`);
  // Read once before the run, so that a wrong file is refused before any request is sent.
  if (flags.journal !== undefined) await readJournal(flags.journal);
  const oracle = await oracleFor(plan, flags, io, note);
  const metrics = await metricsServer(flags.metricsPort, plan.model, note);
  note(`${plan.target.origin}  ${describeWorkload(plan.workload)}\n${describePlan(plan)}`);
  const view = progressView(io.stderr);
  let faults: FaultWindow[] = [];
  const startedAtMs = io.clock.wall();
  let result: RunResult;
  try {
    result = await measure(plan, {
      clock: io.clock,
      scheduler: io.scheduler,
      signal: io.signal,
      thresholds,
      ...(oracle ? { oracle } : {}),
      ...(flags.journal === undefined ? {} : { journal: flags.journal }),
      onProgress(progress) {
        metrics?.update(progress);
        if (flags.journal !== undefined)
          void readJournal(flags.journal).then(
            (events) => (faults = faultWindows(events, startedAtMs)),
            () => {},
          );
        if (!flags.quiet) view.show(progressLine(progress, plan.durationMs, faults, style));
      },
    });
  } finally {
    view.end();
    await metrics?.close();
  }
  await writeReports(result, flags, io, note);
  return runExitCode(result);
}

export async function writeReports(
  result: RunResult,
  flags: OutputFlags,
  io: CommandIo,
  note: (text: string) => void,
): Promise<void> {
  if (flags.out !== undefined) await writeResult(flags.out, result);
  if (flags.csv !== undefined) await save(flags.csv, timelineCsv(result));
  if (flags.html !== undefined)
    await save(flags.html, await (await import('../report/page/page.ts')).htmlReport([result]));
  if (typeof flags.spectrum === 'string') await save(flags.spectrum, spectrumText(result.latency.intended));
  if (flags.json) io.stdout.write(`${JSON.stringify(resultJson(result), undefined, 2)}\n`);
  else {
    io.stdout.write(`${terminalReport(result, terminalStyle(io.stdout))}\n`);
    if (flags.spectrum === true) io.stdout.write(`${spectrumText(result.latency.intended)}\n`);
  }
  for (const [what, path] of Object.entries({ results: flags.out, timeline: flags.csv, report: flags.html }))
    if (path !== undefined) note(`${what}: ${path}`);
}

/** An interrupted run has no verdict. A bad verdict: a threshold was missed, or the figures cannot be trusted. */
export function runExitCode(result: RunResult): number {
  if (result.ending.kind === 'interrupted') return exitCodes.interrupted;
  return result.valid && result.thresholds.every(({ passed }) => passed) ? exitCodes.done : exitCodes.failed;
}

/**
 * `--verify` records the oracle from the target itself, `--verify URL` from another node. `--verify FILE` reads one
 * that was recorded earlier.
 */
async function oracleFor(
  plan: LoadPlan,
  flags: RunFlags & OutputFlags,
  io: CommandIo,
  note: (text: string) => void,
): Promise<OracleEntries | undefined> {
  const { verify } = flags;
  if (verify === undefined || verify === false) {
    if (flags.saveOracle !== undefined) throw loadError('bad_argument', '--save-oracle needs --verify');
    return undefined;
  }
  if (typeof verify === 'string' && !/^https?:\/\//.test(verify))
    return parseOracle(await readText(verify, '--verify'));
  const of = verify === true ? plan.target : parseTarget(verify);
  requireAllowed(of, flags.allowHost ?? []);
  if (plan.workload.kind === 'scenario')
    throw loadError(
      'bad_argument',
      '--verify: the requests of a scenario are not known before the run; use --verify FILE',
    );
  const workload = await createWorkload(plan.workload, seededRandom(plan.seed), 0);
  note(`asking ${of.origin} for the right answers`);
  const entries = await recordOracle(workload.known(), of, plan, io);
  if (entries.length === 0)
    throw loadError('bad_argument', '--verify: no request of this workload is known before the run; use --verify FILE');
  note(`${entries.length} answers recorded`);
  if (flags.saveOracle !== undefined) await save(flags.saveOracle, oracleText(entries));
  return entries;
}

/** Writes a report. Throws `bad_file`. */
export async function save(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw loadError('bad_file', `${path} cannot be written`, error);
  });
}
