import { exitCodes } from '../../../shared/exit-codes.ts';
import { UsageError } from '../../errors.ts';
import { onInterrupt } from '../../interrupt.ts';
import type { ClusterFlags } from '../../options.ts';
import { createTerminal } from '../../terminal.ts';
import { connect } from '../connection.ts';
import { durationOf } from '../parameters.ts';
import { runLiveBathtub } from './live.ts';
import { labBathtub, simulate, type BathtubResult } from './model.ts';
import { plotLines } from './plot.ts';
import { printJson } from '../../print-json.ts';

export interface BathtubFlags extends ClusterFlags {
  readonly simulate?: true;
  readonly parts: number;
  readonly components: string;
  readonly duration?: string;
  readonly seed: string;
  readonly json?: true;
}

const liveMs = 120_000;
/** Long enough for most parts to reach old age more than once. */
const simulatedMs = 400_000;

export async function bathtub(flags: BathtubFlags): Promise<void> {
  const seed = Number(flags.seed);
  if (!/^\d{1,15}$/.test(flags.seed)) throw new UsageError(`--seed: a whole number is wanted, not "${flags.seed}"`);
  const asked = flags.duration === undefined ? undefined : durationOf('--duration', flags.duration);
  const terminal = createTerminal(process.stderr);
  const result = flags.simulate
    ? simulate(labBathtub, flags.parts, seed, asked ?? simulatedMs)
    : await live(flags, seed, asked ?? liveMs, terminal);
  terminal.settle();
  if (flags.json) printJson(result);
  else show(result);
}

async function live(
  flags: BathtubFlags,
  seed: number,
  durationMs: number,
  terminal: ReturnType<typeof createTerminal>,
): Promise<BathtubResult> {
  const connection = await connect(flags);
  const components = flags.components.split(',').map((name) => name.trim());
  terminal.line(
    'Processes are killed when their drawn lifetimes end, so failures are expected. Ctrl-C ends all faults.',
  );
  return onInterrupt(async (signal) => {
    const result = await runLiveBathtub(connection, {
      bathtub: labBathtub,
      components,
      seed,
      durationMs,
      signal,
      onFailure: (failures, atMs) => terminal.progress(`${failures} restarts`, Math.min(atMs, durationMs), durationMs),
    });
    // The failures up to the interruption are shown all the same.
    if (signal.aborted) process.exitCode = exitCodes.interrupted;
    return result;
  });
}

function show(result: BathtubResult): void {
  const { mode, parts, failures, runningMs, mtbfMs, newPartMeanMs } = result;
  const terminal = createTerminal(process.stdout);
  const title = `Bathtub curve: ${failures} failures of ${parts} ${mode === 'live' ? 'processes' : 'simulated parts'}`;
  terminal.line(`${terminal.bold(title)} in ${(runningMs / 1_000).toFixed(0)} s of running\n`);
  for (const line of plotLines(result, terminal)) terminal.line(line);
  const mtbf = mtbfMs === undefined ? 'no failure' : `${(mtbfMs / 1_000).toFixed(1)} s`;
  terminal.line(`\nMTBF observed: ${mtbf}; mean life of a new part by theory: ${(newPartMeanMs / 1_000).toFixed(1)} s`);
  if (mtbfMs !== undefined && mtbfMs < newPartMeanMs)
    terminal.line(
      terminal.dim(
        'The observed mean is shorter, because a restart keeps the age. Only a worn-out part is replaced by a new one.',
      ),
    );
}
