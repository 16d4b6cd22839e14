import { expect, test } from 'vitest';
import { run } from './run.ts';

// Each of these options is one of `load` itself, too, or could be: the subcommand must get it.
test.each([
  [['find', '--slo', 'p(99)<100ms', '--trial', 'soon'], /soon/],
  [['find', '--slo', 'nonsense'], /nonsense/],
  [['sweep', '--connections', 'many'], /many/],
  [['predict', '--seed', 'a', '--servers', 'few'], /few/],
  [['demo', 'open-vs-closed', '-d', 'soon'], /soon/],
  [['report', '/nowhere/a.bin', '--json'], /\/nowhere\/a\.bin/],
  [['plot', '/nowhere/a.bin', '-o', '/nowhere/b.html'], /\/nowhere\/a\.bin/],
  [['compare', '/nowhere/a.bin', '/nowhere/b.bin', '--html', '/nowhere/c.html'], /\/nowhere\/[ab]\.bin/],
])('load %j hears its own options', async (argv, about) => {
  const { exitCode, said } = await run('load', ...argv);
  expect(said).toMatch(about);
  expect(exitCode).toBe(104);
});

test.each([['search'], ['up'], ['load']])('help %s shows what the command itself shows', async (name) => {
  const help = await run('help', name);
  const own = await run(name, '--help');
  expect(help.said).toBe(own.said);
  expect(help.said).toContain('--');
  expect(help.exitCode).toBe(0);
});

test('contradictory words are refused and nothing is done', async () => {
  const { exitCode, said } = await run('import', 'pages.jsonl', '--reset', '--data', '/nowhere');
  expect([exitCode, said]).toEqual([2, 'tierlab: --reset drops all imports: it takes no file\n']);
});
