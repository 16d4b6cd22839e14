import type { Terminal } from '../../cli/terminal.ts';
import { labs } from '../registry.ts';
import { labExitCodes } from '../runner/errors.ts';
import { readHandIn, receiptProblem, type HandIn } from '../runner/hand-in.ts';
import { drawParameters, seedOf } from '../runner/parameters.ts';
import { labResultOf } from '../runner/result.ts';

/** Why a hand-in cannot be trusted. Undefined: its receipt is right, and a virtual run gives the same result again. */
export async function handInProblem(handIn: HandIn): Promise<string | undefined> {
  const problem = receiptProblem(handIn);
  if (problem !== undefined) return problem;
  const { result, prediction } = handIn;
  const lab = labs.find(({ id }) => id === result.lab);
  if (!lab) return `there is no lab ${result.lab}`;
  if (result.form === 'live') return undefined;
  if (!lab.virtual) return `lab ${lab.id} has no virtual form`;
  const parameters = drawParameters(lab, result.owner);
  const findings = await lab.virtual(parameters, seedOf(result.owner, lab.id), 'correct');
  const again = labResultOf({
    lab,
    form: 'virtual',
    owner: result.owner,
    prediction: prediction ?? undefined,
    findings,
    hostNoise: null,
    hintsRead: result.hintsRead,
  });
  return JSON.stringify(again) === JSON.stringify(result) ? undefined : 'the virtual run gives another result';
}

export async function verifyHandIn(file: string, terminal: Terminal): Promise<number> {
  const handIn = readHandIn(file);
  const problem = await handInProblem(handIn);
  if (problem !== undefined) {
    terminal.line(`${terminal.bad('✗')} ${file}: ${problem}`);
    return labExitCodes.failed;
  }
  const { result } = handIn;
  const how = result.form === 'virtual' ? 'computed again, and equal' : 'live: only its receipt can be checked';
  terminal.line(`${terminal.good('✓')} ${file}: lab ${result.lab}, ${result.verdict}; ${how}`);
  terminal.line(terminal.dim('The receipt shows careless changes. A person who knows the program can forge it.'));
  return labExitCodes.passed;
}
