import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { DryRun, ExperimentRun } from '../../services/chaos/experiments.ts';
import type { ExperimentReport } from '../../services/chaos/run.ts';
import { exitCodes } from '../../shared/exit-codes.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { CommandError, InterruptedError, UsageError } from '../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import type { ClusterFlags } from '../options.ts';
import { root } from '../paths.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { askController, connect } from './connection.ts';
import { keyValuesInShort } from '../key-values.ts';
import { printTable } from '../table.ts';
import { showObjections } from './messages.ts';
import { printJson } from '../print-json.ts';

interface RunFlags extends ClusterFlags {
  readonly dryRun?: true;
  readonly json?: true;
}

const experimentsDir = path.join(root, 'chaos', 'experiments');
const pollMs = 250;

/** Runs an experiment to its end. Every result but "passed" is a bad verdict. Ctrl-C heals everything first. */
export async function runNamedExperiment(nameOrFile: string, flags: RunFlags): Promise<void> {
  const experiment = readExperiment(nameOrFile);
  const connection = await connect(flags);
  const terminal = createTerminal(process.stdout);
  if (flags.dryRun) {
    const answer = (await askController(connection, 'POST', '/experiments?dryRun=true', experiment)) as DryRun;
    if (flags.json) printJson(answer);
    else showDryRun(answer, terminal);
    if (answer.objections.length > 0) process.exitCode = exitCodes.failed;
    return;
  }
  const { experiment: name } = (await askController(connection, 'POST', '/experiments', experiment)) as ExperimentRun;
  const report = await onInterrupt(async (signal) => {
    for (;;) {
      if (signal.aborted) {
        await askController(connection, 'POST', '/halt', { reason: 'Ctrl-C' });
        throw new InterruptedError(`the experiment ${name} was stopped; everything is healed`);
      }
      const state = (await askController(connection, 'GET', `/experiments/${name}`)) as ExperimentRun;
      if (state.state === 'failed') throw new CommandError(`${name}: ${state.reason}`);
      if (state.state === 'done') return state.report;
      await sleep(systemScheduler, pollMs);
    }
  });
  if (flags.json) printJson(report);
  else show(report);
  if (report.verdict !== 'passed') process.exitCode = exitCodes.failed;
}

function readExperiment(nameOrFile: string): unknown {
  const known = existsSync(experimentsDir)
    ? readdirSync(experimentsDir).map((file) => file.replace(/\.ya?ml$/, ''))
    : [];
  const file = known.includes(nameOrFile) ? path.join(experimentsDir, `${nameOrFile}.yaml`) : nameOrFile;
  if (!existsSync(file))
    throw new UsageError(`there is no experiment ${nameOrFile}; there are ${known.join(', ')}, or any YAML file`);
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message.split('\n')[0]}`);
  }
}

function showDryRun({ plan, objections }: DryRun, terminal: Terminal): void {
  printTable(
    terminal,
    ['at s', 'id', 'kind', 'victims', 'parameters'],
    plan.map(({ at, id, faults }) => [
      (at / 1_000).toFixed(1),
      id,
      faults[0]!.kind,
      faults.map(({ target }) => target).join(','),
      keyValuesInShort(faults[0]!.params),
    ]),
  );
  showObjections(objections, terminal);
}

function show({ experiment, verdict, reasons, injections, before, during, after, recoveryMs }: ExperimentReport): void {
  const terminal = createTerminal(process.stdout);
  const paint = verdict === 'passed' ? terminal.good : terminal.bad;
  terminal.line(`${terminal.bold(experiment)}: ${paint(verdict)}, ${injections} injections`);
  for (const reason of reasons) terminal.line(`  ${terminal.bad('✗')} ${reason}`);
  const phases = Object.entries({ before, during, after }).flatMap(([phase, state]) =>
    state ? [{ phase, ...state }] : [],
  );
  printTable(
    terminal,
    ['phase', 'probes', 'errors %', 'p90 ms'],
    phases.map(({ phase, samples, errorShare, p90Ms }) => [
      phase,
      samples,
      (errorShare * 100).toFixed(1),
      p90Ms.toFixed(0),
    ]),
  );
  if (recoveryMs !== undefined)
    terminal.line(`steady again ${(recoveryMs / 1_000).toFixed(1)} s after the last healing`);
}
