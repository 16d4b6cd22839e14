import { expect, test } from 'vitest';
import type { Endpoint } from '../../../shared/rpc/call.ts';
import { attempts } from '../../../shared/rpc/layers/replicas/attempts.ts';
import { balance, type BalanceSettings } from '../../../shared/rpc/layers/balancing/balance.ts';
import { learnPeakEwma } from '../../../shared/rpc/layers/balancing/peak-ewma.ts';
import { createStatistics } from '../../../shared/rpc/layers/replicas/latency-statistics.ts';
import { createPeers } from '../../../shared/rpc/layers/replicas/peers.ts';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { exponential, mixture, uniform } from '../../../shared/time/sim/distribution.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { failure, outcomeOf, testCall } from '../../unit/rpc/layers/helpers.ts';
import { transcript } from '../transcript.ts';

interface Case {
  readonly replicas: number;
  readonly ratePerSecond: number;
  readonly meanMs: number;
}

const resilient = resolvePolicy('resilient').balance as BalanceSettings;

/**
 * Calls to each replica by second. All are equally fast: exponential, and one answer in 100 takes 30 to 90 ms. `r-1` is
 * a new process from `renewedAtS` on, and holds all calls in the tenth of a second after `refusesAtS`, and then refuses
 * them all at once, as an overloaded process does. From `outageFromS` to `outageToS` all replicas fail, because a node
 * below does.
 */
async function callsBySecond(
  { replicas, ratePerSecond, meanMs }: Case,
  seed: number,
  seconds: number,
  {
    renewedAtS = Infinity,
    refusesAtS = Infinity,
    cutOffAtS = Infinity,
    outageFromS = Infinity,
    outageToS = Infinity,
  } = {},
) {
  const sim = createSimulation(seed);
  const { clock, scheduler, random } = sim;
  const peers = createPeers(clock);
  const names = Array.from({ length: replicas }, (_, i) => `r-${i + 1}`);
  const endpoints: Endpoint[] = names.map((node) => ({ node, host: '', port: 0, incarnation: 1 }));
  const choose = balance(resilient, { clock, random, endpoints: () => endpoints, peers, observe: () => undefined });
  const timed = attempts({ clock, peers, statistics: createStatistics(), learn: learnPeakEwma });
  const serviceMs = mixture(exponential(meanMs), uniform(30, 90), 0.01);
  const counts = Array.from({ length: seconds }, () => new Map(names.map((name) => [name, 0])));
  const service = choose(
    timed(async ({ endpoint, signal }) => {
      const { node } = endpoint!;
      const second = counts[Math.floor(clock.now() / 1_000)]!;
      second.set(node, second.get(node)! + 1);
      const sinceMs = clock.now() - refusesAtS * 1_000;
      const nowS = clock.now() / 1_000;
      if ((node === 'r-1' && nowS >= cutOffAtS) || (nowS >= outageFromS && nowS < outageToS)) {
        await sleep(scheduler, 1, signal);
        throw failure('unavailable', { node, relayed: true, below: 'database/1' });
      }
      if (node === 'r-1' && sinceMs >= 0 && sinceMs < 100) {
        await sleep(scheduler, 100 - sinceMs, signal);
        throw failure('overloaded', { node, relayed: true });
      }
      await sleep(scheduler, serviceMs(random), signal);
      return { body: {}, servedBy: [node] };
    }),
  );
  const gapMs = exponential(1_000 / ratePerSecond);
  const send = (): void => {
    if (clock.now() >= seconds * 1_000) return;
    void outcomeOf(service(testCall()));
    scheduler.after(gapMs(random), send);
  };
  scheduler.after(0, send);
  if (renewedAtS < Infinity)
    scheduler.after(renewedAtS * 1_000, () => void (endpoints[0] = { ...endpoints[0]!, incarnation: 2 }));
  await sim.run();
  return (node: string, fromS: number, toS: number) => {
    const within = counts.slice(fromS, toS);
    const all = within.flatMap((second) => [...second.values()]).reduce((sum, n) => sum + n, 0);
    return within.reduce((sum, second) => sum + second.get(node)!, 0) / all;
  };
}

const cases: Case[] = [
  { replicas: 2, ratePerSecond: 20, meanMs: 5 },
  { replicas: 2, ratePerSecond: 70, meanMs: 10 },
  { replicas: 2, ratePerSecond: 300, meanMs: 40 },
  { replicas: 3, ratePerSecond: 100, meanMs: 5 },
  { replicas: 3, ratePerSecond: 300, meanMs: 40 },
];

test('equally fast replicas get equal shares: none less than half of its fair share in any 20 s', async () => {
  const log = transcript(
    'shares',
    'Least share of a replica over its fair share, in windows of 20 s and over 80 s; 5 seeds',
  );
  log.row('replicas', 'calls/s', 'mean ms', 'in 20 s', 'in 80 s');
  for (const one of cases) {
    let [window, whole] = [1, 1];
    for (let seed = 1; seed <= 5; seed++) {
      const share = await callsBySecond(one, seed, 100);
      for (let i = 1; i <= one.replicas; i++) {
        for (let fromS = 20; fromS < 100; fromS += 20)
          window = Math.min(window, share(`r-${i}`, fromS, fromS + 20) * one.replicas);
        whole = Math.min(whole, share(`r-${i}`, 20, 100) * one.replicas);
      }
    }
    log.row(String(one.replicas), one.ratePerSecond, one.meanMs, window, whole);
    expect(window).toBeGreaterThan(0.5);
    expect(whole).toBeGreaterThan(0.75);
  }
  log.save();
});

test('a replica that is back gets its share step by step, with few calls at a time and with many', async () => {
  const log = transcript(
    'slow-start',
    'Share of a replica that is renewed at second 20, by seconds after; mean of 20 seeds',
  );
  log.row('replicas', 'calls/s', 'mean ms', '0-2 s', '2-4 s', '4-7 s', '7-10 s', '10-20 s');
  for (const one of cases) {
    const spans = [0, 2, 4, 7, 10, 20];
    const shares = spans.slice(1).map(() => 0);
    for (let seed = 1; seed <= 20; seed++) {
      const share = await callsBySecond(one, seed, 40, { renewedAtS: 20 });
      for (let i = 0; i < shares.length; i++) shares[i]! += share('r-1', 20 + spans[i]!, 20 + spans[i + 1]!) / 20;
    }
    log.row(String(one.replicas), one.ratePerSecond, one.meanMs, ...shares);
    const relative = shares.map((share) => share * one.replicas);
    expect(relative[0]).toBeGreaterThan(0.03);
    expect(relative[0]).toBeLessThan(0.6);
    for (let i = 1; i < relative.length; i++) expect(relative[i]).toBeGreaterThan(relative[i - 1]! * 0.85);
    expect(relative.at(-1)).toBeGreaterThan(0.8);
  }
  log.save();
});

test('a replica that refused many calls at once gets its share again within some seconds', async () => {
  const log = transcript('refusals', 'Share of a replica that refuses all its calls at second 20.1; mean of 20 seeds');
  log.row('replicas', 'calls/s', 'mean ms', '20-21 s', '21-22 s', '22-24 s', '24-26 s', '26-30 s');
  for (const one of cases) {
    const spans = [0, 1, 2, 4, 6, 10];
    const shares = spans.slice(1).map(() => 0);
    for (let seed = 1; seed <= 20; seed++) {
      const share = await callsBySecond(one, seed, 40, { refusesAtS: 20 });
      for (let i = 0; i < shares.length; i++) shares[i]! += share('r-1', 20 + spans[i]!, 20 + spans[i + 1]!) / 20;
    }
    log.row(String(one.replicas), one.ratePerSecond, one.meanMs, ...shares);
    expect(shares[2]! * one.replicas).toBeGreaterThan(0.8);
  }
  log.save();
});

test('a replica that reaches no node below, and so fails fast, does not attract calls', async () => {
  const log = transcript('cut-off', 'Share of a replica that cannot reach the nodes below it; mean of 20 seeds');
  log.row('replicas', 'calls/s', 'mean ms', 'share');
  for (const one of cases) {
    let mean = 0;
    for (let seed = 1; seed <= 20; seed++)
      mean += (await callsBySecond(one, seed, 40, { cutOffAtS: 20 }))('r-1', 25, 40) / 20;
    log.row(String(one.replicas), one.ratePerSecond, one.meanMs, mean);
    expect(mean * one.replicas).toBeLessThan(0.1);
  }
  log.save();
});

test.each([
  ['all replicas get their shares again soon', Infinity],
  ['a replica that restarts then does not get the calls of all others', 40],
])('after an outage of a node below, %s', async (_, renewedAtS) => {
  for (const one of cases)
    for (let seed = 1; seed <= 3; seed++) {
      const share = await callsBySecond(one, seed, 60, { outageFromS: 20, outageToS: 40, renewedAtS });
      const relative = share('r-1', 50, 60) * one.replicas;
      expect(relative).toBeGreaterThan(0.5);
      expect(relative).toBeLessThan(1.5);
    }
});
