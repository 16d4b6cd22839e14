import { tmpdir } from 'node:os';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'vitest';
import type { TestContext } from 'vitest';
import { figures } from './run.ts';
import { constant, dribbling, failing, lying, resetting, slowAccept, sometimesSlow, stalling } from './servers.ts';
import type { KnownServer } from './servers.ts';

/**
 * Servers of known behaviour: the report must show what they do. A busy machine can only lengthen times, so they have a
 * tight lower bound and a loose upper bound. Row 15 of the benchmark asks how exact the figures are on a quiet machine.
 */
async function given<T extends KnownServer>({ onTestFinished }: TestContext, starting: Promise<T>): Promise<T> {
  const server = await starting;
  onTestFinished(() => server.close());
  return server;
}

describe('reported is what was done', () => {
  test('a server that always takes 100 ms: every latency is 100 ms, and L = lambda * W = 5', async (context) => {
    const { expect } = context;
    const server = await given(context, constant(100));
    const run = await figures(server.url, '-R', '50/s', '-d', '3s');
    expect(run).toMatchObject({ asked: 150, sent: 150, done: 150, right: 150, errors: 0, wrong: 0 });
    expect(server.requests()).toBe(150);
    expect(run.latencyMs.intended.p50).toBeGreaterThan(99);
    expect(run.latencyMs.intended.p50).toBeLessThan(160);
    expect(run.latencyMs.sent.p50).toBeGreaterThan(99);
    expect(run.little.inFlight).toBeGreaterThan(4.2);
    expect(run.little.inFlight).toBeLessThan(8);
    expect(run.interarrivalVariation.intended).toBeLessThan(0.001);
  });

  test('a closed loop of 8 users against 100 ms does 8 / 0.1 s = 80 requests a second', async (context) => {
    const { expect } = context;
    const server = await given(context, constant(100));
    const run = await figures(server.url, '-u', '8', '-d', '3s');
    expect(run.done / 3).toBeGreaterThan(50);
    expect(run.done / 3).toBeLessThan(80.1);
  });

  test('a stall of 500 ms in 5 s: a tenth of the requests waits, and p99 is 450 ms', async (context) => {
    const { expect } = context;
    const server = await given(context, stalling(2000, 500));
    const run = await figures(server.url, '-R', '400/s', '-d', '5s', '-c', '20');
    expect(run.done).toBeGreaterThan(1900);
    expect(run.latencyMs.intended.p99).toBeGreaterThan(450 * 0.93);
    expect(run.latencyMs.intended.p99).toBeLessThan(450 * 2);
    expect(run.latencyMs.intended.max).toBeGreaterThan(470);
    // Only the 20 requests in flight were seen to be slow from sending: that is what coordinated omission leaves out.
    expect(run.latencyMs.sent.p90).toBeLessThan(run.latencyMs.intended.p99 / 4);
    expect(run.latencyMs.lateness.max).toBeGreaterThan(400);
  });

  test('one slow answer in a hundred is in the p99.9 and not in the p90', async (context) => {
    const { expect } = context;
    const server = await given(context, sometimesSlow(100, 300));
    const run = await figures(server.url, '-R', '400/s', '-d', '3s');
    expect(run.latencyMs.intended.p90).toBeLessThan(200);
    expect(run.latencyMs.intended.p999).toBeGreaterThan(295);
    expect(run.latencyMs.intended.p999).toBeLessThan(600);
  });

  test('a dribbled body is timed to its last byte', async (context) => {
    const { expect } = context;
    const server = await given(context, dribbling(5, 40));
    const run = await figures(server.url, '-R', '20/s', '-d', '2s');
    expect(run.latencyMs.intended.p50).toBeGreaterThan(195);
    expect(run.latencyMs.intended.p50).toBeLessThan(400);
  });

  test('every tenth connection reset is counted as that, exactly', async (context) => {
    const { expect } = context;
    const server = await given(context, resetting(10));
    // One connection is never idle for long. The reset of an idle connection is no failure: the request is sent again.
    const run = await figures(server.url, '-R', '200/s', '-d', '2s', '-c', '1', '-t', 'error_rate<1%');
    expect(run).toMatchObject({ asked: 400, sent: 400, done: 360, right: 360, errors: 40, codes: { reset: 40 } });
    expect(run.code).toBe(1);
  });

  test('every fourth answer a 500: counted as errors with their status, exactly', async (context) => {
    const { expect } = context;
    const server = await given(context, failing(4, 500));
    const run = await figures(server.url, '-R', '200/s', '-d', '2s');
    expect(run).toMatchObject({ done: 400, right: 300, errors: 100, codes: { status_500: 100 } });
  });

  test('200 but wrong is counted when verified, exactly, and not seen without', async (context) => {
    const { expect } = context;
    const server = await given(context, lying(5));
    const args = [server.url, '--workload', 'search', '--vocabulary', '50', '-R', '100/s', '-d', '2s'];
    const honest = await figures(...args, '--verify', '-t', 'wrong==0');
    expect(honest).toMatchObject({ right: 200, wrong: 0, compared: 200 });
    const oracle = path.join(tmpdir(), `tierlab-oracle-${process.pid}.jsonl`);
    context.onTestFinished(() => rm(oracle, { force: true }));
    await figures(...args.slice(0, -1), '100ms', '--verify', '--save-oracle', oracle);
    server.arm();
    const verified = await figures(...args, '--verify', oracle, '-t', 'wrong==0');
    expect(verified).toMatchObject({ done: 200, right: 160, wrong: 40, codes: { wrong_content: 40 } });
    expect(verified.thresholds).toEqual([expect.objectContaining({ text: 'wrong==0', passed: false })]);
    expect(verified.zipf?.achieved).toBeGreaterThan(0.7);
    const trusting = await figures(...args);
    expect(trusting).toMatchObject({ right: 200, wrong: 0 });
  });

  test('a listener that accepts 300 ms late delays only the first request of each connection', async (context) => {
    const { expect } = context;
    const server = await given(context, slowAccept(300));
    const run = await figures(server.url, '-u', '4', '-d', '2s', '--think', '20ms');
    expect(run.latencyMs.intended.max).toBeLessThan(1_000);
    expect(run.latencyMs.intended.p50).toBeLessThan(100);
    expect(run.done).toBeGreaterThan(50);
  });

  test('Poisson arrivals are sent as such', async (context) => {
    const { expect } = context;
    const server = await given(context, constant(0));
    const run = await figures(server.url, '-R', '300/s', '--arrivals', 'poisson', '-d', '3s', '-w', '2');
    expect(run.interarrivalVariation.intended).toBeGreaterThan(0.9);
    expect(run.interarrivalVariation.intended).toBeLessThan(1.1);
    expect(run.sent).toBeGreaterThan(780);
    expect(run.sent).toBeLessThan(1020);
    expect(run.sent).toBe(server.requests());
  });
});
