import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compiled } from '../../support/compiled.ts';
import { load } from '../loadgen/run.ts';
import type { Figures } from '../loadgen/run.ts';
import { constant } from '../loadgen/servers.ts';

const main = path.resolve(import.meta.dirname, '../../../loadgen/main.ts');

/** Runs the generator where a process may have only so many files. */
function withFiles(
  limit: number,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', `ulimit -n ${limit}; exec "$0" "$@"`, process.execPath, main, ...args], {
      env: { ...compiled, NO_COLOR: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe.runIf(process.platform === 'linux')("L3 the generator's own limits", () => {
  test.concurrent.each([
    { input: '-u 200 with 150 files', limit: 150, args: ['-u', '200', '-w', '1'] },
    { input: '-u 150 with 100 files', limit: 100, args: ['-u', '150', '-w', '1', '--think', '10ms'] },
    { input: '-R 2000/s at 100 ms with 100 files', limit: 100, args: ['-R', '2000/s', '-w', '1'] },
    { input: '-u 400 over 2 workers with 150 files', limit: 150, args: ['-u', '400', '-w', '2'] },
  ])('L3 $input: not valid, and the limit is named', async ({ limit, args }) => {
    const server = await constant(100);
    const { code, stdout } = await withFiles(limit, [server.url, '-d', '1s', '--json', '-q', ...args]);
    const run = JSON.parse(stdout) as Figures;
    expect(run.codes['no_files']).toBeGreaterThan(0);
    expect(run).toMatchObject({ valid: false });
    expect(run.reasons.join()).toMatch(new RegExp(`\\bopen files\\b.*\\b${limit}\\b`));
    expect(code).toBe(1);
  });

  const find = (url: string, ...more: string[]) => ['find', url, '--trial', '1500ms', '--repeats', '1', ...more];
  const rateLine = (stderr: string, rate: string) => stderr.split('\n').find((line) => line.includes(` ${rate} `));

  // The first rate needs more files or connections than there are, however busy the machine is. Lower rates may fail
  // because other programs take the processors: this is no capacity of the server either.
  test('L3 find does not call few files a capacity of the server', async () => {
    const server = await constant(300);
    const rates = ['--from', '500/s', '--most', '1000/s', '--slo', 'p(99)<2s', '--tolerance', '50%'];
    const { code, stdout, stderr } = await withFiles(100, [...find(server.url, ...rates), '-w', '1', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ capacity: { kind: 'generator' } });
    expect(rateLine(stderr, '500/s')).toMatch(/\bopen files\b/);
    expect(code).toBe(1);
  });

  test('L3 find does not call its own connections a capacity of the server', async () => {
    const server = await constant(300);
    const rates = ['--from', '200/s', '--most', '400/s', '--slo', 'p(99)<1s', '--tolerance', '50%'];
    const { code, stdout, stderr } = await load(...find(server.url, ...rates), '-c', '16', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ capacity: { kind: 'generator' } });
    expect(rateLine(stderr, '200/s')).toMatch(/\b16 connections\b/);
    expect(code).toBe(1);
  });

  test('L3 sweep refuses to conclude where the sizes run out of files', async () => {
    const server = await constant(10);
    const args = ['sweep', server.url, '--connections', '1..128', '--repeats', '1', '-d', '300ms', '--json'];
    const { code, stdout } = await withFiles(90, args);
    const { fit, points } = JSON.parse(stdout) as { fit: { kind: string }; points: { n: number; lost?: string }[] };
    expect(fit.kind).toBe('no-conclusion');
    expect(points.find(({ n }) => n === 128)?.lost).toMatch(/open files/);
    expect(code).toBe(1);
  });
});
