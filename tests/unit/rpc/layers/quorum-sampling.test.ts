import { expect, test } from 'vitest';
import { planVote, type VotedOperation } from '../../../../shared/rpc/layers/trust/quorum.ts';
import { failure, outcomeOf, testCall } from './helpers.ts';
import { voting } from './voting.ts';

const settings = (own: Partial<VotedOperation>): VotedOperation => ({
  when: 'sample',
  f: 1,
  share: 0.01,
  everyMs: 1_000,
  alarmMs: 60_000,
  ...own,
});
const quiet = { replicas: 3, suspected: false, draw: 0.5, sinceAuditMs: 10 };

test.each([
  ['never', {}, { when: 'never', share: 1 }, 'one'],
  ['never, with a liar about', { suspected: true }, { when: 'never' }, 'one'],
  ['always', {}, { when: 'always' }, 'vote'],
  ['always, drawn', { draw: 0.001 }, { when: 'always' }, 'audit'],
  ['always, with a liar about', { suspected: true }, { when: 'always' }, 'audit'],
  ['always, with two replicas', { replicas: 2 }, { when: 'always' }, 'vote'],
  ['always, with one replica', { replicas: 1 }, { when: 'always' }, 'refuse'],
  ['always, with two of five for f = 2', { replicas: 2 }, { when: 'always', f: 2 }, 'refuse'],
  ['sample', {}, {}, 'one'],
  ['sample, drawn', { draw: 0.0099 }, {}, 'audit'],
  ['sample, not drawn by a hair', { draw: 0.01 }, {}, 'one'],
  ['sample, the last audit long ago', { sinceAuditMs: 1_000 }, {}, 'audit'],
  ['sample by share alone', { sinceAuditMs: 1e9 }, { everyMs: 0 }, 'one'],
  ['sample, with a liar about', { suspected: true }, {}, 'audit'],
  ['sample, nobody to compare with', { replicas: 1, suspected: true, draw: 0 }, {}, 'one'],
] as const)('%s', (_, situation, own, expected) => {
  expect(planVote(settings(own), { ...quiet, ...situation })).toBe(expected);
});

test('sampling asks one replica until a liar is caught; then every call is put to the vote', async () => {
  const { service, asked } = voting({ a: () => 2, b: 1, c: 1 }, { when: 'sample', share: 0.05 });
  let calls = 0;
  while ((await outcomeOf(service(testCall()))) === 2) calls++;
  expect(calls).toBeGreaterThan(0);
  expect(asked.length).toBe(calls + 3);
  asked.length = 0;
  for (let i = 0; i < 10; i++) expect(await outcomeOf(service(testCall()))).toBe(1);
  expect(asked).toHaveLength(20);
  for (const { nonce } of asked) expect(nonce).toBe('nonce');
});

test('the alarm ends after its time, or when the liar has left the group', async () => {
  for (const end of ['time', 'quarantine'] as const) {
    let lying = true;
    const { sim, events, service, asked, leave } = voting(
      { a: 1, b: () => (lying ? 2 : 1), c: 1 },
      { when: 'sample', share: 0.2 },
    );
    while (events.length === 0) await service(testCall());
    lying = false;
    const cost = async (calls: number) => {
      asked.length = 0;
      for (let i = 0; i < calls; i++) await outcomeOf(service(testCall()));
      return asked.length / calls;
    };
    expect(await cost(50)).toBe(2);
    if (end === 'time') await sim.run(60_001);
    else leave('b');
    expect(await cost(200)).toBeLessThan(1.5);
  }
});

test('a sampled call comes at least once a second, however few calls there are', async () => {
  const { sim, service, asked } = voting({ a: 1, b: 1, c: 1 }, { when: 'sample', share: 0, everyMs: 1_000 });
  for (let second = 0; second < 10; second++) {
    await service(testCall());
    await service(testCall());
    await sim.run(sim.clock.now() + 1_000);
  }
  expect(asked.filter(({ nonce }) => nonce !== undefined)).toHaveLength(20);
  expect(asked).toHaveLength(30);
});

const sampled = { when: 'sample', share: 1 } as const;

test.each([
  ['one of two is down', { a: failure('unreachable'), b: 1 }, 1],
  ['two of three are down', { a: failure('unreachable'), b: failure('unreachable'), c: 1 }, 1],
  ['all are down', { a: failure('unreachable'), b: failure('unreachable') }, 'unavailable'],
  ['two of two differ', { a: 1, b: 2 }, 'bad_reply'],
  ['the other one gives an answer without proof', { a: failure('bad_reply'), b: 1 }, 'unavailable'],
])('a sample costs no answer that the call would have had without it: when %s', async (_, answers, expected) => {
  expect(await outcomeOf(voting(answers, sampled).service(testCall()))).toEqual(expected);
});

test('a sample without a token for another replica waits for the one that still runs', async () => {
  const slow = () => new Promise((resolve) => setImmediate(resolve, 1));
  const { service } = voting({ a: failure('unreachable'), b: slow, c: 1 }, sampled, { reserve: 0 });
  expect(await outcomeOf(service(testCall()))).toBe(1);
});

test('a sample does not wait for the last replica that hangs; a vote does', async () => {
  const hang = () => new Promise(() => {});
  const patience = { extraVoteAfterMs: 20 };
  const { sim, service } = voting({ a: hang, b: 1 }, sampled, patience);
  const outcome = outcomeOf(service(testCall()));
  await sim.run(21);
  expect(await outcome).toBe(1);
  const strict = voting({ a: hang, b: 1 }, {}, patience);
  let answered = false;
  void outcomeOf(strict.service(testCall())).then(() => (answered = true));
  await strict.sim.run(1_000);
  expect(answered).toBe(false);
});

test('every shard is audited, whatever the order of the calls', async () => {
  const { sim, service, asked } = voting({ a: 1, b: 1, c: 1 }, { when: 'sample', everyMs: 1_000 });
  for (let second = 0; second < 10; second++) {
    for (const shard of [1, 2, 3]) await service(testCall({ shard }));
    await sim.run((second + 1) * 1_000);
  }
  const audited = asked.filter(({ nonce }) => nonce !== undefined);
  for (const shard of [1, 2, 3]) expect(audited.filter((call) => call.shard === shard)).toHaveLength(20);
});
