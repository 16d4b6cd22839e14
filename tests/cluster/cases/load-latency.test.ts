import { expect, test } from 'vitest';
import { figures } from '../loadgen/run.ts';
import { constant, known, ok } from '../loadgen/servers.ts';

test.concurrent.each([1, 2, 4, 8])(
  'L5 Poisson arrivals over %i workers vary by 1, as due and as sent',
  async (workers) => {
    const server = await constant(0);
    const run = await figures(server.url, '-R', '400/s', '--arrivals', 'poisson', '-d', '3s', '-w', String(workers));
    expect(run.interarrivalVariation.intended).toBeGreaterThan(0.9);
    expect(run.interarrivalVariation.intended).toBeLessThan(1.1);
    expect(run.interarrivalVariation.sent).toBeGreaterThan(0.85);
    // 1,200 on average, with a standard deviation of 35.
    expect(run.sent).toBeGreaterThan(1_040);
    expect(run.sent).toBeLessThan(1_360);
    expect(run.sent).toBe(server.requests());
  },
);

test('L6 nine of ten answers are 503 at once: the latency is that of the right answers', async () => {
  const server = await known((_request, response, number) => {
    if (number % 10 !== 0) response.writeHead(503, { 'content-length': 0 }).end();
    else setTimeout(() => ok(response), 100);
  });
  const run = await figures(server.url, '-R', '200/s', '-d', '1s', '-w', '1');
  expect(run.latencyMs.intended.p50).toBeGreaterThan(99);
  expect(run.latencyMs.sent.p50).toBeGreaterThan(99);
  expect(run.latencyMs.errors.p50).toBeLessThan(90);
  expect(run.right + run.errors).toBe(200);
});
