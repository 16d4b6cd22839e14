import { CommanderError } from 'commander';
import { expect, test, vi } from 'vitest';
import { CommandError, exitCodeOf, InterruptedError, UsageError } from '../../../cli/errors.ts';
import { onInterrupt } from '../../../cli/interrupt.ts';
import { CorpusError } from '../../../corpus/errors.ts';
import { exitCodesInWords } from '../../../shared/exit-codes.ts';
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
])('load %j gets its own options', async (argv, about) => {
  const { exitCode, said } = await run('load', ...argv);
  expect(said).toMatch(about);
  expect(exitCode).toBe(2);
});

// Each of these options was taken, and had no effect.
test.each([
  ['--rate', ['sweep', '-R', '100/s']],
  ['--rate', ['predict', '-R', '100/s']],
  ['--rate', ['find', '-R', '100/s']],
  ['--stages', ['sweep', '--stages', '1s@5']],
  ['--users', ['predict', '--users', '5']],
  ['--verify', ['find', '--verify']],
  ['--threshold', ['sweep', '-t', 'wrong==0']],
  ['--duration', ['find', '-d', '3s']],
  ['--rate', ['-R', '100/s', 'sweep']],
  ['--json', ['--json', 'find']],
])('load names %s, which is of no use in %j', async (option, argv) => {
  const { exitCode, said } = await run('load', ...argv, 'http://127.0.0.1:9');
  expect([exitCode, said]).toEqual([2, expect.stringMatching(`^error: .*${option}\\b`)]);
});

test.each(['find', 'predict'])('load %s, which has no closed loop, shows its own default of -c', async (name) => {
  expect((await run('load', name, '--help')).said).toMatch(/--connections .*\s+.*\(default: 256\)/);
});

test('load takes --data, as other commands do, and its messages have an example of load', async () => {
  const taken = await run('load', '--port-base', '7000', '--data', '/nowhere', '--rate', 'nonsense');
  expect(taken).toEqual({ exitCode: 2, said: expect.stringContaining('nonsense') });
  expect((await run('load', '--nonsense')).said).toMatch(/^Example: .* load$/m);
});

test.each(['1023', '31001', 'high'])('a port base of %s is refused with one that is taken', async (base) => {
  const { exitCode, said } = await run('status', '--port-base', base);
  expect(exitCode).toBe(2);
  expect(said).toMatch(/\b1024\b.*\b31000\b.*\b20000\b/);
});

test.each([['search'], ['up'], ['load']])('help %s shows what the command itself shows', async (name) => {
  const help = await run('help', name);
  const own = await run(name, '--help');
  expect(help.said).toBe(own.said);
  expect(help.said).toContain('--');
  expect(help.exitCode).toBe(0);
});

test('contradictory words are refused by name and nothing is done', async () => {
  const refusal = await run('import', 'pages.jsonl', '--reset', '--data', '/nowhere');
  expect(refusal).toEqual({ exitCode: 2, said: expect.stringContaining('--reset') });
});

test.each([
  [['--help'], 0],
  [['--version'], 0],
  [['load', '--help'], 0],
  [['chaos', 'kinds'], 0],
  [['status'], 1],
  [['policy'], 1],
  [[], 2],
  [['up', '--topology', 'nonsense'], 2],
  [['policy', '{"hedgehog":true}'], 2],
  [['import', '/nowhere/pages.jsonl', '--data', '/nowhere'], 2],
  [['chaos', 'run', 'nonsense'], 2],
  [['chaos', 'inject', 'nonsense'], 2],
  [['load', '--nonsense'], 2],
  [['load', 'http://elsewhere.example'], 2],
])('%j ends with exit code %d', async (argv, code) => {
  vi.stubEnv('TIERLAB_PORT_BASE', '1024');
  expect((await run(...argv)).exitCode).toBe(code);
  vi.unstubAllEnvs();
});

test('the exit code says whether the caller or the system made the mistake', () => {
  expect(exitCodeOf(new Error('a defect'))).toBe(1);
  expect(exitCodeOf(new CommandError('no cluster answers'))).toBe(1);
  expect(exitCodeOf(new CorpusError('damaged', 'the data set is damaged'))).toBe(1);
  expect(exitCodeOf(new UsageError('no such node'))).toBe(2);
  expect(exitCodeOf(new CorpusError('not_found', 'there is no such file'))).toBe(2);
  expect(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'no such option'))).toBe(2);
  expect(exitCodeOf(new CommanderError(0, 'commander.help', ''))).toBe(0);
  expect(exitCodeOf(new InterruptedError('stopped'))).toBe(130);
});

test('work that fails after Ctrl-C was interrupted; other failures were not', async () => {
  const interrupted = onInterrupt(async (signal) => {
    process.emit('SIGINT');
    signal.throwIfAborted();
  });
  await expect(interrupted).rejects.toThrow(InterruptedError);
  const failed = onInterrupt(() => Promise.reject(new CommandError('no cluster answers')));
  await expect(failed).rejects.toThrow(CommandError);
});

test('--help tells the exit codes', async () => {
  expect((await run('--help')).said).toContain(exitCodesInWords);
});
