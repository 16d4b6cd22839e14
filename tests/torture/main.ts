/**
 * `npm run torture [-- --only NAME[,NAME]] [--seed N] [--minutes M]`: the long forms of tests in `npm test`. A NAME is
 * a file of this folder. The tests read `seed` and `minutes` from torture-options.ts.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';

const names = readdirSync(import.meta.dirname).flatMap((file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? []);

function namesOf(text: string): string[] {
  const chosen = text.split(',');
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no ${unknown}; there are ${names.join(', ')}.`);
  return chosen;
}

function seedOf(text: string): string {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return text;
}

function minutesOf(text: string): string {
  if (!(Number(text) > 0 && Number(text) <= 600))
    throw new InvalidArgumentError('It must be a number above 0 and up to 600.');
  return text;
}

const {
  only: chosen,
  seed,
  minutes,
} = new Command('npm run torture --')
  .description('the long forms of tests in npm test')
  .option('--only <names>', `some of them: ${names.join(', ')}`, namesOf, names)
  .option('--seed <n>', 'for all that is drawn at random', seedOf)
  .option('--minutes <m>', 'how long each form runs', minutesOf)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ only: string[]; seed?: string; minutes?: string }>();

const files = chosen.map((name) => path.join(import.meta.dirname, `${name}.test.ts`));
const { status } = spawnSync('vitest', ['run', '--project', 'torture', ...files], {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...(seed !== undefined && { TIERLAB_TORTURE_SEED: seed }),
    ...(minutes !== undefined && { TIERLAB_TORTURE_MINUTES: minutes }),
  },
});
process.exitCode = status ?? 1;
