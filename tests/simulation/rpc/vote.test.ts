import { expect, test } from 'vitest';
import { faultHost } from '../../../shared/faults/host.ts';
import { serveFaults } from '../../../shared/faults/layers.ts';
import { createFaultRegistry } from '../../../shared/faults/registry.ts';
import { compose, type Call, type Endpoint } from '../../../shared/rpc/call.ts';
import { asRpcError } from '../../../shared/rpc/errors.ts';
import type { LayerEvent } from '../../../shared/rpc/layers/events.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { clientLayers } from '../../../shared/rpc/client-layers.ts';
import { createSimHosts } from '../../../shared/rpc/transports/sim.ts';
import { createNetwork } from '../../../shared/time/sim/network.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { shelf, truth } from '../../unit/faults/rig.ts';
import { transcript } from '../transcript.ts';
import { testCall } from '../../unit/rpc/layers/helpers.ts';

interface Lie {
  readonly kind: string;
  readonly params?: object;
}

/** 2f + 1 replicas of a deterministic shelf; the first ones lie. Two callers ask 200 questions each, ten a second. */
async function ordeal(seed: number, { f, liars, lie, when }: { f: number; liars: number; lie: Lie; when: string }) {
  const sim = createSimulation(seed);
  const network = createNetwork({ scheduler: sim.scheduler, random: sim.random });
  const hosts = createSimHosts({ clock: sim.clock, network });
  const replicas: Endpoint[] = Array.from({ length: 2 * f + 1 }, (_, i) => ({
    node: `shelf-${i + 1}`,
    host: '',
    port: 0,
  }));
  for (const [i, { node }] of replicas.entries()) {
    const registry = createFaultRegistry({
      ...sim,
      answersFor: (target) => target === node,
      site: 'node',
      host: faultHost({ callerOf: (call: Call) => call.caller }),
      journal: () => undefined,
      log: { warn: () => undefined },
      leaseMs: 1e9,
    });
    // The same seed and id: what is drawn by the question, colluders draw alike.
    if (i < liars)
      registry.inject({ id: 'lie', target: node, ttlMs: 900_000, seed, owner: 'test', params: {}, ...lie });
    const serve = compose([serveFaults(registry)], async (call) => {
      await sleep(sim.scheduler, 1 + 4 * sim.random.next(), call.signal);
      return { body: truth((call.request as { q: string }).q), servedBy: [node] };
    });
    hosts.host(node, serve);
  }
  const count = { asked: 0, wrong: 0, failed: 0, attempts: 0 };
  const events: { atMs: number; event: LayerEvent }[] = [];
  const policy = createPolicyHolder({ quorum: { when, f, operations: { 'shelf.list': {} } } });
  for (const caller of ['app-1', 'app-2']) {
    const layers = clientLayers(policy, {
      ...sim,
      endpoints: () => replicas,
      observe: (event) => void events.push({ atMs: sim.clock.now(), event }),
    });
    const transport = hosts.transport(caller);
    const service = compose(layers, (call) => (count.attempts++, transport({ ...call, caller })));
    for (let i = 0; i < 200; i++) {
      sim.scheduler.after(i * 100 + 50 * sim.random.next(), () => {
        const q = `q${i % 50}`;
        count.asked++;
        const call = testCall({
          component: 'shelf',
          operation: shelf.operations.list,
          request: { q },
          requestId: `${caller}-${i}`,
          deadlineAt: sim.clock.now() + 2_000,
        });
        service(call).then(
          ({ body }) => void (JSON.stringify(body) !== JSON.stringify(truth(q)) && count.wrong++),
          (thrown: unknown) => void (asRpcError(thrown).code !== 'cancelled' && count.failed++),
        );
      });
    }
  }
  await sim.run(40_000);
  const named = events.filter(({ event }) => event.event === 'vote-lost' || event.event === 'bad-signature');
  const accused = new Set(named.map(({ event }) => (event as { node: string }).node));
  return { ...count, accused: [...accused].toSorted(), namedAtMs: named[0]?.atMs ?? Infinity };
}

const lies: Lie[] = [
  { kind: 'byz.corrupt' },
  { kind: 'byz.corrupt', params: { how: 'syntactic' } },
  { kind: 'byz.rank' },
  { kind: 'byz.rank', params: { how: 'boost' } },
  { kind: 'byz.omit', params: { share: 0.5 } },
  { kind: 'byz.replay' },
  { kind: 'byz.equivocate' },
  { kind: 'byz.stale' },
  { kind: 'byz.forge', params: { as: 'shelf-3' } },
];

test('with at most f liars, `always` lets no wrong answer pass and accuses no honest node', async () => {
  const log = transcript(
    'vote',
    '2f + 1 replicas, f of them lie; two callers, 400 calls, always put to the vote; 4 seeds',
  );
  log.row('lie', 'f', 'calls', 'wrong', 'failed', 'attempts per call');
  for (const lie of lies) {
    for (const f of [1, 2]) {
      const sum = { asked: 0, wrong: 0, failed: 0, attempts: 0 };
      for (let seed = 1; seed <= 4; seed++) {
        const run = await ordeal(seed, { f, liars: f, lie, when: 'always' });
        for (const key of ['asked', 'wrong', 'failed', 'attempts'] as const) sum[key] += run[key];
        for (const node of run.accused) expect(['shelf-1', 'shelf-2'].slice(0, f)).toContain(node);
      }
      log.row(
        `${lie.kind} ${JSON.stringify(lie.params ?? {})}`,
        f,
        sum.asked,
        sum.wrong,
        sum.failed,
        sum.attempts / sum.asked,
      );
      expect({ lie, f, wrong: sum.wrong, failed: sum.failed }).toEqual({ lie, f, wrong: 0, failed: 0 });
      // Shared with retries and hedges, never multiplied.
      expect(sum.attempts / sum.asked).toBeLessThanOrEqual(2 * f + 1);
    }
  }
  log.save();
});

test('f + 1 liars that agree win', async () => {
  for (const lie of [
    { kind: 'byz.rank', params: { how: 'boost' } },
    { kind: 'byz.omit', params: { share: 0.5 } },
  ]) {
    const run = await ordeal(3, { f: 1, liars: 2, lie, when: 'always' });
    expect(run.wrong).toBeGreaterThan(run.asked / 2);
    // Even worse, the honest replica is called a liar.
    expect(run.accused).toEqual(['shelf-3']);
  }
});

test('under `sample` a liar is named within 10 s, and is believed no longer', async () => {
  const log = transcript('audit', '3 replicas, one swaps results; two callers, ten calls a second each');
  log.row('seed', 'wrong of 400', 'named after s');
  for (let seed = 1; seed <= 20; seed++) {
    const run = await ordeal(seed, { f: 1, liars: 1, lie: { kind: 'byz.rank' }, when: 'sample' });
    log.row(seed, run.wrong, run.namedAtMs / 1_000);
    expect(run.accused).toEqual(['shelf-1']);
    expect(run.namedAtMs).toBeLessThan(10_000);
    expect(run.wrong).toBeLessThan(100);
  }
  log.save();
});

test('under `never` the lies get through, and nobody knows', async () => {
  const run = await ordeal(1, { f: 1, liars: 1, lie: { kind: 'byz.rank' }, when: 'never' });
  expect(run.wrong).toBeGreaterThan(50);
  expect(run.accused).toEqual([]);
});
