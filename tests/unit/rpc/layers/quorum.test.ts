import { expect, test } from 'vitest';
import { asRpcError } from '../../../../shared/rpc/errors.ts';
import { failure, outcomeOf, testCall } from './helpers.ts';
import { voting } from './voting.ts';

const at = (version: string, body: string) => ({ version, body });

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
  // The examination of the liar delays no call, so it does not count.
  const voted = asked.filter(({ planned }) => planned?.plan.only === undefined);
  expect(voted).toHaveLength(questions);
  // One plan for all of them, so that no layer below makes attempts of its own.
  expect(new Set(voted.map(({ planned }) => planned!.plan)).size).toBe(Math.min(1, questions));
  for (const { planned } of voted) expect(planned!.plan.distinct).toBe(true);
});

test('a liar is outvoted, named and left out at once; the answer is that of the majority', async () => {
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

test('a liar caught without receipts is asked again for one; only a repeated lie is on record', async () => {
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

test('with five replicas two liars are outvoted', async () => {
  const { service, events } = voting({ a: 7, b: 1, c: 8, d: 1, e: 1 }, { f: 2 });
  expect(await outcomeOf(service(testCall()))).toBe(1);
  expect(events.flatMap((event) => (event.event === 'vote-lost' ? [event.node] : []))).toEqual(['a', 'c']);
});

test('replicas that fail are made up for out of the common budget; those that disagree are free', async () => {
  const poor = { reserve: 0 };
  const failing = voting({ a: failure('unreachable'), b: 1, c: 1 }, {}, poor);
  expect(await outcomeOf(failing.service(testCall()))).toBe('unavailable');
  expect(failing.events).toMatchObject([{ event: 'budget_exhausted', mechanism: 'retry' }]);
  for (const lie of [2, failure('bad_reply')])
    expect(await outcomeOf(voting({ a: lie, b: 1, c: 1 }, {}, poor).service(testCall()))).toBe(1);
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

test('an examination after a write accuses nobody: the two replicas hold different versions', async () => {
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
