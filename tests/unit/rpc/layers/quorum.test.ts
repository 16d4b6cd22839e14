import { expect, test } from 'vitest';
import { Value } from 'typebox/value';
import { assignNode, wasAsked } from '../../../../shared/rpc/attempt-plan.ts';
import { asRpcError } from '../../../../shared/rpc/errors.ts';
import type { Call, Service } from '../../../../shared/rpc/call.ts';
import { createBudgets } from '../../../../shared/rpc/layers/retries/budget.ts';
import { createLiars } from '../../../../shared/rpc/layers/trust/liars.ts';
import { createPeers } from '../../../../shared/rpc/layers/replicas/peers.ts';
import { planVote, quorum, QuorumSettings, type VotedOperation } from '../../../../shared/rpc/layers/trust/quorum.ts';
import { countVotes } from '../../../../shared/rpc/layers/trust/votes.ts';
import { failure, nodes, outcomeOf, plannedAfter, replyOf, setUp, testCall } from './helpers.ts';

const vote = (node: string, body: unknown) => ({ node, body });
const at = (version: string, body: string) => ({ version, body });

test.each([
  ['nothing yet', [], 2],
  ['one answer', [vote('a', 'x')], 1],
  ['two equal', [vote('a', 'x'), vote('b', 'x')], { majority: ['a', 'b'], minority: [], abstained: [] }],
  ['two different', [vote('a', 'x'), vote('b', 'y')], 1],
  [
    'two of three',
    [vote('a', 'x'), vote('b', 'y'), vote('c', 'y')],
    { majority: ['b', 'c'], minority: ['a'], abstained: [] },
  ],
  ['one node twice', [vote('a', 'x'), vote('a', 'x')], 1],
  ['one node with two answers: its first counts', [vote('a', 'x'), vote('a', 'y'), vote('b', 'y')], 1],
  [
    'members in another order',
    [vote('a', { p: 1, q: 2 }), vote('b', { q: 2, p: 1 })],
    { majority: ['a', 'b'], minority: [], abstained: [] },
  ],
  ['0 and "0", null and nothing', [vote('a', 0), vote('b', '0'), vote('c', null), vote('d', {})], 1],
  [
    'another version abstains',
    [vote('a', at('1', 'x')), vote('b', at('2', 'y')), vote('c', at('2', 'y'))],
    { majority: ['b', 'c'], minority: [], abstained: ['a'] },
  ],
  [
    'another answer at the same version is a lie',
    [vote('a', at('2', 'x')), vote('b', at('2', 'y')), vote('c', at('2', 'y'))],
    { majority: ['b', 'c'], minority: ['a'], abstained: [] },
  ],
  [
    'batches that were read at other versions abstain',
    [
      vote('a', { replies: [{ reply: at('1', 'x') }] }),
      vote('b', { replies: [{ reply: at('2', 'y') }] }),
      vote('c', { replies: [{ reply: at('2', 'y') }] }),
    ],
    { majority: ['b', 'c'], minority: [], abstained: ['a'] },
  ],
  ['the same answer at two versions is not the same', [vote('a', at('1', 'x')), vote('b', at('2', 'x'))], 1],
])('with f = 1, %s', (_, votes, expected) => {
  const { result, ...count } = countVotes(votes, 1);
  expect(result === 'agreed' ? count : 'missing' in count && count.missing).toEqual(expected);
});

test('with f = 2, two equal answers of five are not enough, and of three liars two may agree', () => {
  const two = [vote('a', 7), vote('b', 7), vote('c', 1), vote('d', 1)];
  expect(countVotes(two, 2)).toEqual({ result: 'open', missing: 1 });
  expect(countVotes([...two, vote('e', 1)], 2)).toMatchObject({ majority: ['c', 'd', 'e'], minority: ['a', 'b'] });
});

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

/** Replica x of `answers` answers with its value, or fails; a function is asked each time. */
function voting(
  answers: Record<string, unknown>,
  own: Partial<VotedOperation> = {},
  { reserve = 50, extraVoteAfterMs }: { reserve?: number; extraVoteAfterMs?: number } = {},
) {
  const set = setUp();
  const { sim, observe } = set;
  let present = nodes(...Object.keys(answers));
  const endpoints = () => present;
  const peers = createPeers(sim.clock);
  const next: Service = async (call: Call) => {
    const usable = present.filter(
      ({ node }) => peers.group({ component: 'ranking' }).get(node).ejection.until <= sim.clock.now(),
    );
    const { plan } = call.planned!;
    const names = [...usable, ...present].map((it) => it.node).filter((name) => plan.only?.includes(name) ?? true);
    const node = names.find((name) => !wasAsked(plan, name))!;
    assignNode(call.planned!, node);
    const answer = answers[node];
    if (answer instanceof Error) throw answer;
    const body = await (typeof answer === 'function' ? (answer as () => unknown)() : answer);
    // All say they are a: the vote must not believe it.
    return { ...replyOf('a', body), from: node };
  };
  const asked: Call[] = [];
  const liars = createLiars({ clock: sim.clock, peers, endpoints, observe });
  const budgets = createBudgets(() => ({ ratio: 0.2, reserve }));
  const layer = quorum(
    {
      ...Value.Create(QuorumSettings),
      when: 'always',
      share: 0,
      everyMs: 0,
      ...own,
      operations: { 'ranking.read': {} },
    },
    {
      ...sim,
      endpoints,
      liars,
      budget: budgets,
      extraVoteAfterMs: () => extraVoteAfterMs,
      observe,
      nonce: () => 'nonce',
    },
  );
  const service = layer((call) => (asked.push(call), next({ ...call, planned: call.planned ?? plannedAfter([]) })));
  return {
    ...set,
    service,
    asked,
    peers,
    leave: (node: string) => (present = present.filter((it) => it.node !== node)),
  };
}

test.each([
  ['all agree', { a: 1, b: 1, c: 1 }, 1, 2],
  ['one lies', { a: 2, b: 1, c: 1 }, 1, 3],
  ['one is down', { a: failure('unreachable'), b: 1, c: 1 }, 1, 3],
  ['the order of keys differs', { a: { x: 1, y: 2 }, b: { y: 2, x: 1 }, c: {} }, { x: 1, y: 2 }, 2],
  ['all differ', { a: 1, b: 2, c: 3 }, 'bad_reply', 3],
  ['one lies and one is down', { a: 2, b: failure('unreachable'), c: 1 }, 'bad_reply', 3],
  ['two are down', { a: failure('unreachable'), b: failure('unreachable'), c: 1 }, 'unavailable', 3],
  ['there are too few replicas', { a: 1 }, 'unavailable', 0],
  ['five are there, f is 1, and three differ', { a: 1, b: 2, c: 3, d: 3, e: 3 }, 'bad_reply', 3],
])('when %s, the vote comes to its answer with as few questions as it can', async (_, answers, expected, questions) => {
  const { service, asked } = voting(answers);
  expect(await outcomeOf(service(testCall()))).toEqual(expected);
  // The liar's examination is nobody's wait.
  const voted = asked.filter(({ planned }) => planned?.plan.only === undefined);
  expect(voted).toHaveLength(questions);
  // One plan for all of them, so that no layer below makes attempts of its own.
  expect(new Set(voted.map(({ planned }) => planned!.plan)).size).toBe(Math.min(1, questions));
  for (const { planned } of voted) expect(planned!.plan.distinct).toBe(true);
});

test('a liar is outvoted, named and out of the choice at once; the answer is that of the majority, by its nodes', async () => {
  const { service, events, peers, asked } = voting({ a: 1, b: 2, c: 1 });
  const reply = await service(testCall());
  expect(reply).toEqual({ body: 1, servedBy: ['a', 'c'], from: 'a', maskedBy: 'vote' });
  expect(events).toMatchObject([
    { event: 'vote-lost', component: 'ranking', operation: 'read', node: 'b', majority: ['a', 'c'] },
    { event: 'ejected', node: 'b', why: 'lying', forMs: 30_000 },
  ]);
  expect(peers.group({ component: 'ranking' }).get('b').ejection.until).toBe(30_000);
  asked.length = 0;
  await service(testCall());
  expect(asked).toHaveLength(2);
});

test('a liar caught without receipts is asked once more, with one; only a lie that it repeats goes on record', async () => {
  for (const repeats of [true, false]) {
    let lies = 0;
    const { sim, service, events, asked } = voting({ a: 1, b: () => (lies++ === 0 || repeats ? 2 : 1), c: 1 });
    await service(testCall());
    await sim.run(1);
    expect(asked.slice(3)).toMatchObject([
      { planned: { plan: { only: ['b'] } }, nonce: 'nonce' },
      { planned: { plan: { only: ['a'] } }, nonce: 'nonce' },
    ]);
    const lost = events.flatMap((event) => (event.event === 'vote-lost' ? [event.nonce] : []));
    expect(lost).toEqual(repeats ? [undefined, 'nonce'] : [undefined]);
  }
});

test('where nobody agrees that is told too, and nobody is accused', async () => {
  const { service, events } = voting({ a: 1, b: 2, c: 3 });
  await outcomeOf(service(testCall()));
  expect(events.map(({ event }) => event)).toEqual(['no-majority']);
});

test('f + 1 liars that agree win: that is the limit of voting', async () => {
  const { service } = voting({ a: 666, b: 666, c: 1 });
  expect(await outcomeOf(service(testCall()))).toBe(666);
});

test('with five replicas two liars are outvoted', async () => {
  const { service, events } = voting({ a: 7, b: 1, c: 8, d: 1, e: 1 }, { f: 2 });
  expect(await outcomeOf(service(testCall()))).toBe(1);
  expect(events.flatMap((event) => (event.event === 'vote-lost' ? [event.node] : []))).toEqual(['a', 'c']);
});

test('sampling asks one replica, until a liar is caught; then every call is put to the vote, with receipts', async () => {
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

test('replicas that fail are made up for out of the common budget; those that disagree are free', async () => {
  const poor = { reserve: 0 };
  const failing = voting({ a: failure('unreachable'), b: 1, c: 1 }, {}, poor);
  expect(await outcomeOf(failing.service(testCall()))).toBe('unavailable');
  expect(failing.events).toMatchObject([{ event: 'budget_exhausted', mechanism: 'retry' }]);
  for (const lie of [2, failure('bad_reply')])
    expect(await outcomeOf(voting({ a: lie, b: 1, c: 1 }, {}, poor).service(testCall()))).toBe(1);
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

test('a replica that hangs costs the patience of a hedge, not its time-out', async () => {
  const hang = () => new Promise(() => {});
  const { sim, service, events } = voting({ a: hang, b: 1, c: 1 }, {}, { extraVoteAfterMs: 20 });
  const outcome = outcomeOf(service(testCall()));
  await sim.run(19);
  expect(events).toEqual([]);
  await sim.run(21);
  expect(await outcome).toBe(1);
  expect(events).toMatchObject([{ event: 'hedge', delayMs: 20 }]);
});

test('a caller that leaves ends the vote', async () => {
  const { service, sim } = voting({ a: () => new Promise(() => {}), b: 1, c: 1 });
  const controller = new AbortController();
  const outcome = service(testCall({ signal: controller.signal })).catch((thrown: unknown) => asRpcError(thrown).code);
  await sim.run(1);
  controller.abort(failure('cancelled'));
  expect(await outcome).toBe('cancelled');
});

test('one of three is out at a time: a second liar stays, and is outvoted each time', () => {
  const { sim, events, observe } = setUp();
  const peers = createPeers(sim.clock);
  const liars = createLiars({ clock: sim.clock, peers, endpoints: () => nodes('a', 'b', 'c'), observe });
  liars.accuse(testCall(), 'a');
  liars.accuse(testCall(), 'b');
  expect(events.flatMap((event) => (event.event === 'ejected' ? [event.node] : []))).toEqual(['a']);
  expect(peers.group({ component: 'ranking' }).get('b').ejection.until).toBe(0);
  expect(liars.suspected(testCall(), 60_000)).toBe(true);
});

test('the lie of a process that has been replaced meanwhile takes nobody out', () => {
  const { sim, events, observe } = setUp();
  const peers = createPeers(sim.clock);
  const liars = createLiars({ clock: sim.clock, peers, endpoints: () => nodes('a', 'b', 'c'), observe });
  const asked = (incarnation: number) => testCall({ endpoint: { ...nodes('a')[0]!, incarnation } });
  peers.group({ component: 'ranking' }).get('a', 7);
  liars.accuse(asked(4), 'a');
  expect(events).toEqual([]);
  liars.accuse(asked(7), 'a');
  expect(events).toMatchObject([{ event: 'ejected', node: 'a' }]);
});

test('the clock of audits is one for each replica group: every shard is audited, whatever the order of the calls', async () => {
  const { sim, service, asked } = voting({ a: 1, b: 1, c: 1 }, { when: 'sample', everyMs: 1_000 });
  for (let second = 0; second < 10; second++) {
    for (const shard of [1, 2, 3]) await service(testCall({ shard }));
    await sim.run((second + 1) * 1_000);
  }
  const audited = asked.filter(({ nonce }) => nonce !== undefined);
  for (const shard of [1, 2, 3]) expect(audited.filter((call) => call.shard === shard)).toHaveLength(20);
});

test('a liar that is examined after a write, when the other has the new version and it has not, is not accused by that', async () => {
  let answers = 0;
  const { sim, service, events } = voting({
    a: () => (answers++ === 0 ? at('1', 'lie') : at('1', 'true of 1')),
    b: () => (answers > 1 ? at('2', 'true of 2') : at('1', 'true of 1')),
    c: at('1', 'true of 1'),
  });
  await service(testCall());
  await sim.run(1);
  expect(answers).toBe(2);
  // The vote itself is on record, the examination is not.
  expect(events.filter(({ event }) => event === 'vote-lost')).toMatchObject([{ node: 'a', majority: ['b', 'c'] }]);
});
