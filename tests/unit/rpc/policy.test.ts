import Type from 'typebox';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { compose } from '../../../shared/rpc/call.ts';
import { mechanismNames, mechanismRow } from '../../../shared/rpc/mechanisms.ts';
import { createPolicyHolder, PolicyFile, resolvePolicy } from '../../../shared/rpc/policy.ts';
import { clientLayers } from '../../../shared/rpc/client-layers.ts';
import { serverLayers } from '../../../shared/rpc/server-layers.ts';
import { answering, failure, nodes, outcomeOf, setUp, testCall } from './layers/helpers.ts';

const on = (file: unknown) =>
  Object.entries(resolvePolicy(file)).flatMap(([name, settings]) => (settings ? [name] : []));

const usual = mechanismNames.filter((name) => mechanismRow(name).onDemand !== true);

test('resilient has every mechanism on but those for experiments, naive hardly any', () => {
  expect(on('resilient')).toEqual(usual);
  expect(on('naive')).toEqual(['deadline', 'balance', 'trace', 'dedupe', 'evidence']);
  expect(resolvePolicy('naive').balance).toMatchObject({ by: 'round_robin' });
});

test('mis-set has the numbers of nobody knows whom, within what the schemas allow', () => {
  const policy = resolvePolicy('mis-set');
  expect(policy).toMatchObject({ attemptTimeout: { fixedMs: 25 }, hedge: { fixedDelayMs: 2 }, outlier: false });
  expect(resolvePolicy({ base: 'mis-set', attemptTimeout: true }).attemptTimeout).not.toHaveProperty('fixedMs');
  for (const settings of Object.entries(policy))
    expect(() => resolvePolicy(Object.fromEntries([settings]))).not.toThrow();
});

test('each mechanism can be switched off, or on, by name', () => {
  for (const name of mechanismNames.filter((name) => name !== 'balance')) {
    expect(on({ [name]: false })).toEqual(usual.filter((other) => other !== name));
    expect(on({ base: 'naive', [name]: true })).toContain(name);
  }
  expect(resolvePolicy({ balance: false }).balance).toMatchObject({ by: 'round_robin' });
});

test('single settings override the defaults, and leave the others', () => {
  expect(resolvePolicy({ retry: { maxAttempts: 5 } }).retry).toEqual({
    maxAttempts: 5,
    baseMs: 10,
    maxMs: 1_000,
    anyDepth: false,
  });
});

test.each([
  ['wild', 'naive, resilient'],
  [null, 'naive, resilient'],
  [7, 'naive, resilient'],
  [{ retries: true }, 'policy.retries: there is no such mechanism'],
  [{ retry: { maxAttempts: 0 } }, 'policy.retry.maxAttempts'],
  [{ retry: { attempts: 2 } }, 'policy.retry'],
  [{ hedge: 'yes' }, 'policy.hedge'],
  [{ base: 'both' }, 'policy.base'],
  [{ balance: { by: 'magic' } }, 'policy.balance.by'],
  [{ evidence: { gossip: false } }, 'policy.evidence.gossip'],
  [{ evidence: { calls: 'no' } }, 'policy.evidence.calls'],
  [{ fixedDetector: { deadAfterMs: 0 } }, 'policy.fixedDetector.deadAfterMs'],
  [{ heartbeatThread: { threads: 2 } }, 'policy.heartbeatThread.threads'],
  [{ quorum: { operations: { 'ranking.rank': { f: 0 } } } }, 'policy.quorum.operations'],
])('a policy %j is refused with a sentence that says where', (file, where) => {
  expect(() => resolvePolicy(file)).toThrow(where);
  const holder = createPolicyHolder('naive');
  const before = holder.current;
  expect(() => holder.set(file)).toThrow();
  expect(holder.current).toBe(before);
});

test('the schema for topology files knows every mechanism', () => {
  for (const name of mechanismNames) expect(Value.Check(PolicyFile, { [name]: false })).toBe(true);
  expect(Value.Check(PolicyFile, { nonsense: false })).toBe(false);
  expect(Value.Check(Type.Object({ policy: PolicyFile }), { policy: 'resilient' })).toBe(true);
});

test('a change is relative to what is in force, unless it names a base', () => {
  const holder = createPolicyHolder('naive');
  holder.set({ retry: { maxAttempts: 5 } });
  expect(holder.current).toEqual(resolvePolicy({ base: 'naive', retry: { maxAttempts: 5 } }));
  holder.set({ expire: true, retry: { baseMs: 9 } });
  expect(holder.current).toEqual(resolvePolicy({ base: 'naive', expire: true, retry: { baseMs: 9 } }));
  holder.set({ base: 'mis-set', hedge: false });
  expect(holder.current).toEqual(resolvePolicy({ base: 'mis-set', hedge: false }));
  holder.set('resilient');
  expect(holder.current).toEqual(resolvePolicy('resilient'));
});

test('what was in force comes back as it was, whatever was changed meanwhile', () => {
  const holder = createPolicyHolder({ base: 'mis-set', verify: false });
  const before = holder.current;
  holder.set({ hedge: true, outlier: true, retry: false });
  holder.set(before);
  expect(holder.current).toEqual(before);
});

test('the policy can be changed while calls run', async () => {
  const { sim } = setUp();
  const policy = createPolicyHolder('naive');
  const { service } = answering(sim, (call) => ({
    afterMs: 1,
    ...(call.endpoint!.node === 'a' ? { error: failure('unreachable', { node: 'a' }) } : {}),
  }));
  const layers = clientLayers(policy, { ...sim, endpoints: () => nodes('a', 'b') });
  const stack = compose(layers, service);
  const send = async () => {
    const outcomes = Array.from({ length: 20 }, () => outcomeOf(stack(testCall())));
    await sim.run();
    return (await Promise.all(outcomes)).filter((outcome) => outcome === 'unreachable').length;
  };
  expect(await send()).toBe(10);
  policy.set({ retry: true });
  expect(await send()).toBe(0);
  policy.set('naive');
  expect(await send()).toBe(10);
});

test('"retry": false switches retries off for hedged calls too, from the next call on', async () => {
  const { sim } = setUp();
  const policy = createPolicyHolder({ quorum: false });
  const { service, seen } = answering(sim, (call) => ({
    afterMs: 1,
    error: failure('internal', { node: call.endpoint!.node }),
  }));
  const stack = compose(clientLayers(policy, { ...sim, endpoints: () => nodes('a', 'b', 'c') }), service);
  const attempts = async () => {
    const before = seen.length;
    const outcome = outcomeOf(stack(testCall()));
    await sim.run();
    await outcome;
    return seen.length - before;
  };
  expect(await attempts()).toBe(3);
  policy.set({ retry: false });
  expect(await attempts()).toBe(1);
  policy.set({ retry: { maxAttempts: 2 } });
  expect(await attempts()).toBe(2);
});

test('the server side refuses what has expired, also with everything else off', async () => {
  const { sim } = setUp();
  const { service } = answering(sim, () => ({ afterMs: 1 }));
  const stack = serverLayers(createPolicyHolder({ base: 'naive', expire: true }), sim)(service);
  expect(await outcomeOf(stack(testCall({ deadlineAt: -1 })))).toBe('deadline_exceeded');
});
