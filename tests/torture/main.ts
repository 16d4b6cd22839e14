/**
 * `npm run torture [-- --only NAME[,NAME]] [--seed N] [--minutes M]`: the long forms of tests in `npm test`. A NAME is
 * a file of this folder. The tests read `seed` and `minutes` from torture-options.ts.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

const names = readdirSync(import.meta.dirname).flatMap((file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? []);

function wrong(text: string): never {
  process.stderr.write(`torture: ${text}\n  npm run torture -- --only ${names.join(',')} --seed 1 --minutes 60\n`);
  process.exit(2);
}

function optionsOf(args: string[]) {
  try {
    const strings = { type: 'string' } as const;
    return parseArgs({ args, options: { only: strings, seed: strings, minutes: strings } }).values;
  } catch (error) {
    return wrong((error as Error).message);
  }
}

const { only, seed, minutes } = optionsOf(process.argv.slice(2));
const chosen = only === undefined ? names : only.split(',');
const unknown = chosen.find((name) => !names.includes(name));
if (unknown !== undefined) wrong(`there is no ${unknown}; there are ${names.join(', ')}`);
if (seed !== undefined && !/^\d{1,9}$/.test(seed)) wrong(`--seed must be a whole number, not ${seed}`);
if (minutes !== undefined && !(Number(minutes) > 0 && Number(minutes) <= 600))
  wrong(`--minutes must be a number above 0 and up to 600, not ${minutes}`);

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
