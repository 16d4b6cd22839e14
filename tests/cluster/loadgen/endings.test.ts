import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import path from 'node:path';
import { generate } from 'selfsigned';
import { describe, expect, test } from 'vitest';
import type { CommandIo } from '../../../loadgen/commands/io.ts';
import { compareResultsCommand, plotCommand, reportCommand } from '../../../loadgen/commands/report.ts';
import { importScenario } from '../../../loadgen/workload/scenario.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { until } from '../../support/cluster.ts';
import { processTree } from '../../support/process-tree.ts';
import { figures, load, start } from './run.ts';
import type { Figures, Started } from './run.ts';
import { constant, known, ok } from './servers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const file = (name: string) => path.join(folder, name);

/** What a command prints, without a process of its own. */
async function inProcess(command: (io: CommandIo) => Promise<number>): Promise<string> {
  let printed = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      done();
    },
  }) as unknown as NodeJS.WriteStream;
  const io = {
    stdout: stream,
    stderr: stream,
    clock: systemClock,
    scheduler: systemScheduler,
    cores: 2,
    signal: new AbortController().signal,
  };
  expect(await command(io)).toBe(0);
  return printed;
}

/** The run's own /metrics, once there is something in them. */
async function scrape(run: ReturnType<typeof start>): Promise<string> {
  const [address = ''] = await run.shown(/http:\/\/127\.0\.0\.1:\d+\/metrics/);
  return until(async () => {
    const text = await (await fetch(address)).text();
    return /outcome="right"\} [1-9]/.test(text) ? text : '';
  });
}

/** The workers are the children of the generator. */
const workersOf = ({ pid }: Started): number[] =>
  processTree(pid)
    .slice(1)
    .map((row) => row.pid);

describe.concurrent('how a run can end', () => {
  test('nobody listens: one clear sentence, exit code 1', async ({ expect }) => {
    const closed = await constant(0);
    await closed.close();
    const { code, stderr, stdout } = await load(closed.url);
    expect(code).toBe(1);
    expect(stderr).toContain(new URL(closed.url).origin);
    expect(stderr).toMatch(/\brefused\b/);
    expect(stderr).not.toMatch(/\bat .*\.ts:/);
    expect(stdout).toBe('');
  });

  test('bad arguments: exit code 2, nothing is sent', async ({ expect }) => {
    const server = await constant(0);
    for (const args of [['--no-such-option'], ['-t', 'p(99)']]) {
      const { code, stderr } = await load(server.url, ...args);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).not.toMatch(/\bat .*\.ts:/);
    }
    expect(server.requests()).toBe(0);
  });

  test('interrupted: the report of what was measured, exit code 130', async ({ expect }) => {
    const server = await constant(5);
    const out = file('interrupted.bin');
    const run = start([server.url, '-R', '100/s', '-d', '60s', '--json', '-o', out]);
    await run.shown(/done/);
    run.kill('SIGINT');
    const { code, stdout } = await run.finished;
    const result = JSON.parse(stdout) as Figures;
    expect(code).toBe(130);
    expect(result.ending).toBe('interrupted');
    expect(result.done).toBeGreaterThan(50);
    expect(result.durationMs).toBeLessThan(20_000);
    expect(await inProcess((io) => reportCommand(out, {}, io))).toContain('interrupted after');
  });

  test('when the server dies, the report has its answers, and the other requests are errors', async ({ expect }) => {
    let answered = 0;
    const server = await known((_request, response) => {
      if (++answered === 100) void server.close();
      ok(response);
    });
    const run = await figures(server.url, '-R', '100/s', '-d', '2s');
    expect(run.asked).toBe(200);
    expect(run.right).toBeGreaterThanOrEqual(99);
    expect(run.errors).toBe(200 - run.right);
    expect(Object.keys(run.codes).every((code) => ['refused', 'reset', 'closed'].includes(code))).toBe(true);
  });

  test('requests that are never answered are given up and count at least the timeout', async ({ expect }) => {
    const server = await known(() => {});
    const run = await figures(server.url, '-R', '20/s', '-d', '1s', '--timeout', '300ms');
    expect(run).toMatchObject({ errors: 20, codes: { timeout: 20 }, done: 0, valid: false });
    expect(run.latencyMs.intended.p50).toBeGreaterThanOrEqual(299);
    expect(run.code).toBe(1);
  });

  test('more than one connection can carry: the run says that the cap closed the loop', async ({ expect }) => {
    const server = await constant(100);
    const run = await figures(server.url, '-R', '100/s', '-d', '2s', '-c', '2');
    expect(run.valid).toBe(false);
    expect(run.code).toBe(1);
    expect(run.sent).toBeLessThan(run.asked);
    expect(run.reasons.join()).toMatch(/\bof 200\b/);
    expect(run.reasons.join()).toMatch(/\b2 connections\b/);
  });

  test('TLS: a certificate of an unknown authority needs --ca or --insecure', async ({ expect, onTestFinished }) => {
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const server = createServer({ key: pems.private, cert: pems.cert }, (_request, response) => ok(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    const refused = await load(url);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/no secure connection.*--ca FILE/);
    writeFileSync(file('ca.pem'), pems.cert);
    expect(await figures(url, '-R', '100/s', '-d', '1s', '--ca', file('ca.pem'))).toMatchObject({
      right: 100,
      errors: 0,
    });
    expect(await figures(url, '-u', '2', '-d', '1s', '--think', '50ms', '--insecure')).toMatchObject({ errors: 0 });
  });

  test('a paused generator says that it was starved', async ({ expect }) => {
    const server = await constant(1);
    const run = start([server.url, '-R', '200/s', '-d', '4s', '--json']);
    await run.shown(/done/);
    // While they are stopped, they get no processor.
    const workers = workersOf(run);
    for (const pid of workers) process.kill(pid, 'SIGSTOP');
    await new Promise<void>((resolve) => void setTimeout(resolve, 700));
    for (const pid of workers) process.kill(pid, 'SIGCONT');
    const { code, stdout } = await run.finished;
    const result = JSON.parse(stdout) as Figures;
    expect(result.valid).toBe(false);
    expect(result.reasons.join()).toMatch(/\b(late|starved)\b/);
    expect(code).toBe(1);
  });

  test('a worker that is killed leaves what it measured, and the run is not valid', async ({ expect }) => {
    const server = await constant(1);
    const run = start([server.url, '-R', '100/s', '-d', '30s', '--json']);
    await run.shown(/done/);
    process.kill(workersOf(run)[0]!, 'SIGKILL');
    const { code, stdout } = await run.finished;
    const result = JSON.parse(stdout) as Figures;
    expect(code).toBe(1);
    expect(result.reasons.join()).toMatch(/worker process died.*SIGKILL/);
    expect(result.done).toBeGreaterThan(50);
  });
});

describe.concurrent('what can be sent and kept', () => {
  test('a scenario uses what it was answered, arrives by the clock, and is told apart by request', async ({
    expect,
  }) => {
    const server = await known((request, response) => {
      if (request.url === '/start') return ok(response, '{"next":"/order/7"}', 'application/json');
      response
        .writeHead(request.method === 'POST' && request.url === '/order/7' ? 201 : 400, { 'content-length': 0 })
        .end();
    });
    const scenario = path.join(import.meta.dirname, 'fixtures/shopper.ts');
    const run = await figures(server.url, '--scenario', scenario, '-R', '40/s', '-d', '1s');
    expect(run.requests['start']).toEqual({ done: 40, errors: 0 });
    expect(run.requests['order']?.errors).toBe(0);
    expect(run.requests['order']?.done).toBeGreaterThan(34);
    await expect(importScenario(path.join(import.meta.dirname, 'fixtures/broken.ts'))).rejects.toMatchObject({
      code: 'bad_file',
      message: expect.stringMatching(/\bbroken\.ts\b.*\bexport\b/),
    });
  });

  test('a run is kept, shown again, drawn and compared; its metrics can be scraped', async ({ expect }) => {
    const server = await constant(5);
    const out = file('run.bin');
    const outputs = ['-o', out, '--csv', file('run.csv'), '--html', file('run.html'), '--metrics-port', '0'];
    const run = start([server.url, '-R', '100/s', '-d', '3s', ...outputs]);
    const scraped = await scrape(run);
    expect(scraped).toMatch(/tierlab_load_requests_total\{outcome="right"\} \d+/);
    expect(scraped).toMatch(/tierlab_load_latency_seconds_bucket\{le="0\.25"\} \d+/);
    expect(scraped).toContain('tierlab_load_rate_target 100');
    expect((await run.finished).stdout).toContain('from intended time');
    expect(await inProcess((io) => reportCommand(out, {}, io))).toContain('from intended time');
    expect(await inProcess((io) => compareResultsCommand(out, out, {}, io))).toMatch(/p99 .* 0\.0%/);
    await inProcess((io) => plotCommand(out, { out: file('plot.html') }, io));
    for (const name of ['run.html', 'plot.html']) expect(readFileSync(file(name), 'utf8')).toContain('uPlot');
    expect(readFileSync(file('run.csv'), 'utf8').split('\r\n').length).toBeGreaterThan(20);
    await expect(inProcess((io) => reportCommand(file('run.csv'), {}, io))).rejects.toMatchObject({ exitCode: 2 });
  });
});
