import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { HandIn } from '../../../labs/runner/hand-in.ts';
import { homeAt } from '../../../labs/runner/home.ts';
import { until } from '../../support/cluster.ts';
import { compiled } from '../../support/compiled.ts';
import { labMain } from '../../support/lab-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const home = homeAt(folder);

/** `script` of util-linux gives a program a terminal. */
const hasTerminal = spawnSync('script', ['--version']).status === 0;

function atTerminal(...args: string[]) {
  const command = [process.execPath, labMain, ...args, '--home', folder].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'], env: compiled });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  return {
    ended,
    output: () => output,
    /** Waits until the terminal shows `text`, and then types. */
    async type(text: string, keys: string): Promise<void> {
      await until(() => output.includes(text), 20_000);
      output = '';
      child.stdin.write(keys);
    },
  };
}

test.runIf(hasTerminal)('a person is asked, value by value, and again after a wrong answer', async () => {
  const { type, ended, output } = atTerminal('10', '--virtual');
  await type('W at rho = 0.5 (ms):', '20%\r');
  await type('the unit is ms, not "%"', '20\r');
  await type('W at rho = 0.8 (ms):', '.05s\r');
  await type('W at rho = 0.9 (ms):', '100\r');
  await type('Why do you think so?', ' \r');
  await type('a prediction needs a reason', 'S / (1 - rho)\r');
  expect(await ended, output()).toBe(0);
  const handIn = JSON.parse(readFileSync(path.join(home.reports('10'), 'hand-in.json'), 'utf8')) as HandIn;
  expect(handIn.prediction).toMatchObject({ values: [20, 50, 100], because: 'S / (1 - rho)' });
});

test.runIf(hasTerminal).each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s at a question: one clear line, nothing is left, and no attempt is counted', async (_, key) => {
  const progress = () => (existsSync(home.progress) ? readFileSync(home.progress, 'utf8') : '');
  const before = progress();
  const { type, ended, output } = atTerminal('10', '--virtual');
  await type('W at rho = 0.5 (ms):', key);
  expect(await ended, output()).toBe(130);
  expect(output()).toContain('interrupted');
  expect([existsSync(home.journal), progress()]).toEqual([false, before]);
});
