/**
 * `npm run check [-- --except tests]`: everything that must hold before a change lands, each step even if one before it failed. What
 * a step prints is shown only when it fails, except for the tests, which are worth watching.
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
    name: 'unused',
    what: 'no unused file, export or dependency',
    command: ['knip', '--no-progress', '--no-config-hints'],
  },
  { name: 'tests', what: 'tests pass', command: ['npm', 'test'], watched: true },
];

/** Resolves to the step's exit code and what it printed; a step that cannot be started failed. */
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

const [flag, except] = process.argv.slice(2);
if (flag !== undefined && (flag !== '--except' || !steps.some((step) => step.name === except))) {
  process.stderr.write(`check: the only option is --except with one of ${steps.map((step) => step.name).join(', ')}\n`);
  process.exit(2);
}

const failed: string[] = [];
for (const step of steps.filter((candidate) => candidate.name !== except)) {
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
