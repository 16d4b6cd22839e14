import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { assignNode } from '../../../shared/rpc/attempt-plan.ts';
import type { Service } from '../../../shared/rpc/call.ts';
import { createBudgets } from '../../../shared/rpc/layers/retries/budget.ts';
import { race } from '../../../shared/rpc/layers/retries/hedge-race.ts';
import { createDraining } from '../../../shared/rpc/transports/draining.ts';
import { httpClientTransport } from '../../../shared/rpc/transports/http-client.ts';
import { systemClock as clock } from '../../../shared/time/clock.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { systemScheduler as scheduler } from '../../../shared/time/scheduler.ts';
import { setUp, testCall } from './layers/helpers.ts';
import { listen } from '../../support/listen.ts';

/** A server whose first attempts take `slowMs`, and second ones no time; it counts the connections that are opened. */
async function hedgedServer(slowMs: number) {
  let opened = 0;
  let cut = 0;
  const server = createServer((request, response) => {
    const second = request.headers['x-attempt'] === '2';
    response.on('close', () => void (response.writableFinished || cut++));
    scheduler.after(second ? 0 : slowMs, () => response.end('{}'));
  });
  server.on('connection', () => void opened++);
  const port = await listen(server);
  const http = httpClientTransport({ node: 'caller', clock, scheduler });
  const send: Service = (call) => {
    assignNode(call.planned!, 'a');
    return http.send({ ...call, endpoint: { node: 'a', host: '127.0.0.1', port } });
  };
  const tokens = { earn: () => undefined, spend: () => true, tokens: Infinity };
  const hedged = () =>
    race(send, testCall({ deadlineAt: clock.now() + 10_000 }), {
      clock,
      scheduler,
      random: seededRandom(1),
      retrying: () => false,
      observe: () => undefined,
      budget: createBudgets(() => false),
      delayMs: 1,
      tokens,
      worthwhile: () => true,
      maxAttempts: 2,
    });
  onTestFinished(() => http.close());
  return { hedged, seen: () => ({ opened, cut }) };
}

test('attempts that lose a race by little keep their connections: 1,000 hedged calls open a few', async () => {
  const { hedged, seen } = await hedgedServer(8);
  const caller = async () => {
    for (let i = 0; i < 250; i++) await hedged();
  };
  await Promise.all(Array.from({ length: 4 }, caller));
  // About 1,000 where each loser is cut; the number left depends on how busy the machine is.
  expect(seen().opened).toBeLessThan(500);
}, 60_000);

test('an attempt that would take long is cut all the same, so that its node stops', async () => {
  const { hedged, seen } = await hedgedServer(60_000);
  await hedged();
  await expect.poll(() => seen().cut, { timeout: 5_000 }).toBe(1);
});

test('only so many drain at a time, and a place that is given back is given once', async () => {
  const { sim } = setUp();
  const draining = createDraining(sim.scheduler);
  let cuts = 0;
  const begun = Array.from({ length: 20 }, () => draining.begin(() => void cuts++));
  expect(begun.filter(Boolean)).toHaveLength(16);
  begun[0]!.cancel();
  begun[0]!.cancel();
  expect([draining.begin(() => void cuts++), draining.begin(() => void cuts++)].filter(Boolean)).toHaveLength(1);
  await sim.run();
  expect(cuts).toBe(16);
  begun[1]!.cancel();
  expect(Array.from({ length: 17 }, () => draining.begin(() => undefined)).filter(Boolean)).toHaveLength(16);
});
