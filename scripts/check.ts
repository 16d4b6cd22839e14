/**
 * `npm run check [-- --only NAMES | --except NAMES]`: everything that must hold before a change lands. A step runs even
 * when an earlier one failed. The output of a step is shown only when it fails, except where people want to watch it.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';

interface Step {
  readonly name: string;
  readonly what: string;
  readonly command: readonly [string, ...string[]];
  readonly watched?: boolean;
}

const steps: readonly Step[] = [
  { name: 'format', what: 'formatted as npm run format does it', command: ['oxfmt', '--check'] },
  { name: 'lint', what: 'no likely mistake, no floating promise', command: ['oxlint'] },
  { name: 'types', what: 'types hold', command: ['tsc', '--noEmit'] },
  {
    name: 'structure',
    what: 'no circle of imports, every named file exists, each exported name has one meaning',
    command: ['node', 'scripts/structure.ts'],
    watched: true,
  },
  {
    name: 'unused',
    what: 'no unused file, export or dependency',
    command: ['knip', '--no-progress', '--no-config-hints'],
  },
  { name: 'tests', what: 'tests pass', command: ['npm', 'test'], watched: true },
];

/** Resolves to the exit code and the output of the step. A step that cannot be started has failed. */
function run(step: Step): Promise<{ code: number; output: string }> {
  const [program, ...args] = step.command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: step.watched ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const [flag, given = ''] = process.argv.slice(2);
const names = given.split(',');
const known = names.every((name) => steps.some((step) => step.name === name));
if (flag !== undefined && (!['--only', '--except'].includes(flag) || !known)) {
  process.stderr.write(
    `check: the options are --only NAMES and --except NAMES; names: ${steps.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}
const chosen = steps.filter(({ name }) => flag === undefined || names.includes(name) === (flag === '--only'));

const failed: string[] = [];
for (const step of chosen) {
  const startedAt = performance.now();
  if (step.watched) process.stdout.write(`check: ${step.name} ...\n`);
  const { code, output } = await run(step);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  process.stdout.write(`check: ${step.name}: ${code === 0 ? step.what : `FAILED (exit code ${code})`}, ${seconds} s\n`);
  if (code === 0) continue;
  failed.push(step.name);
  if (output) process.stdout.write(`${output.trimEnd()}\n`);
}
process.stdout.write(failed.length === 0 ? 'check: all is well\n' : `check: failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
