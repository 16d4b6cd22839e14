import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { prettyLine } from '../../../cli/logs/log-line.ts';
import { parseLogLine } from '../../../shared/observe/log-line.ts';
import { readEnd, readFrom } from '../../../cli/logs/read-end.ts';
import { logDirOf, writeRunFile } from '../../../cli/run-file.ts';
import { run } from './run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const line = (own: object) => JSON.stringify({ level: 30, time: Date.now(), node: 'app-1', msg: 'm', ...own });

/** A data folder in which app-1 has a log of these lines. */
function logOf(...lines: readonly string[]): { data: string; file: string } {
  const data = temporaryFolder();
  const dir = logDirOf(data, 7_000);
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'app-1.log');
  writeFileSync(file, lines.map((text) => `${text}\n`).join(''));
  return { data, file };
}

test('logs shows the last lines, and as JSON with --json', async () => {
  const { data } = logOf(line({ msg: 'one' }), line({ msg: 'two' }), line({ msg: 'three', shard: 2 }));
  const { said, exitCode } = await run('logs', 'app-1', '--data', data, '--lines', '2');
  expect(exitCode).toBe(0);
  expect(said.match(/one|two|three/g)).toEqual(['two', 'three']);
  expect(said).toContain('shard=2');
  const { said: json } = await run('logs', 'app-1', '--data', data, '--lines', '1', '--json');
  expect(JSON.parse(json)).toMatchObject({ msg: 'three', shard: 2 });
});

test('the lines of one request are found by request id or trace id, and old lines are left out', async () => {
  const { data } = logOf(
    line({ msg: 'first', requestId: 'r1', traceId: 't1' }),
    line({ msg: 'other', requestId: 'r2' }),
    line({ msg: 'old', requestId: 'r1', time: Date.now() - 120_000 }),
    'no JSON',
  );
  const texts = async (...flags: string[]) =>
    (await run('logs', 'app-1', '--data', data, ...flags)).said.match(/first|other|old|no JSON/g);
  expect(await texts()).toEqual(['first', 'other', 'old', 'no JSON']);
  expect(await texts('--trace', 'r1')).toEqual(['first', 'old']);
  expect(await texts('--trace', 't1')).toEqual(['first']);
  expect(await texts('--since', '1m')).toEqual(['first', 'other']);
});

test('secrets do not leave the log, even where a program wrote them there', async () => {
  const { data } = logOf();
  const token = 'planted-in-the-run-file';
  writeRunFile(data, {
    pid: process.pid,
    portBase: 7_000,
    topology: 't',
    topologySource: 't',
    startedAt: '',
    token,
  });
  appendFileSync(
    path.join(logDirOf(data, 7_000), 'app-1.log'),
    `${line({ msg: `odd ${token}`, authorization: 'Bearer zzzzzzzzzz' })}\n`,
  );
  for (const flags of [[], ['--json']]) {
    const { said } = await run('logs', 'app-1', '--data', data, ...flags);
    expect(said).toContain('odd [redacted]');
    expect(said).not.toContain('zzzzzzzzzz');
  }
});

test('an unknown node is named, with those that there are', async () => {
  const { data } = logOf(line({}));
  const { said, exitCode } = await run('logs', 'app-9', '--data', data);
  expect(exitCode).toBe(2);
  expect(said).toContain('app-9');
  expect(said).toContain('app-1');
  expect((await run('logs', '../secret', '--data', data)).exitCode).toBe(2);
  expect((await run('logs', 'app-1', '--data', data, '--port-base', '9000')).exitCode).toBe(1);
});

test('of a large file, only the end is read, and only whole lines', () => {
  const { file } = logOf(...Array.from({ length: 1_000 }, (_, i) => `line ${i}`));
  const { lines, cut } = readEnd(file, 100);
  expect(cut).toBe(true);
  expect(lines.at(-1)).toBe('line 999');
  expect(lines.every((text) => /^line \d+$/.test(text))).toBe(true);
  expect(readEnd(file, 1_000_000)).toMatchObject({ cut: false });
});

test('following gives each line once, when it is complete, and notices a new file', () => {
  const { file } = logOf('a');
  let { offset } = readEnd(file, 1_000);
  const more = () => {
    const read = readFrom(file, offset, 1_000);
    ({ offset } = read);
    return read.lines;
  };
  expect(more()).toEqual([]);
  appendFileSync(file, 'b\nhal');
  expect(more()).toEqual(['b']);
  appendFileSync(file, 'f\n');
  expect(more()).toEqual(['half']);
  truncateSync(file, 0);
  appendFileSync(file, 'n\n');
  expect(more()).toEqual(['n']);
});

test('a failure is shown with its stack', () => {
  const plain = { dim: String, good: String, warn: String, bad: String };
  const shown = prettyLine(parseLogLine(line({ level: 50, err: { stack: 'Error: x\n  at y' } })), plain);
  expect(shown).toMatch(/error {2}m\n {4}Error: x\n {6}at y$/);
});
