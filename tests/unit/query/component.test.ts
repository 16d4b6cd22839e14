import { expect, test, vi } from 'vitest';
import { queryComponent } from '../../../services/query/component.ts';
import { context, environment } from '../gateway/harness.ts';
import { handScheduler, madeUpDatabase, type MadeUpShard } from './given.ts';

const shard = (version: string, words: string[], documents: number): MadeUpShard => ({
  version,
  words,
  documents: words.map(() => 5),
  statistics: { documents, fieldLengths: [documents, documents, documents], frequencies: [] },
});

async function started(shards: MadeUpShard[], down = false) {
  const time = handScheduler();
  const database = madeUpDatabase(shards);
  database.state.down = down;
  const topology = { style: 'layered', shards: shards.length } as const;
  const given = environment(queryComponent, 'query-1', { database: database.upstream }, topology);
  const running = await queryComponent.create({ ...given, scheduler: time.scheduler });
  const suggestions = async (prefix: string) =>
    (await running.handlers.suggest({ prefix, size: 10 }, context())).suggestions;
  // The background work ends each round by waiting for its timer.
  const settled = () => vi.waitFor(() => expect(time.waiting().length).toBe(1));
  await settled();
  return { ...running, time, database: database.state, suggestions, settled };
}

test('the words of all shards are fetched in the background and serve suggestions', async () => {
  const it = await started([shard('a', ['elephant'], 1), shard('b', ['eleven'], 1)]);
  expect(await it.suggestions('ele')).toEqual(['elephant', 'eleven']);
  const { suggestion, plan } = await it.handlers.plan({ q: 'elephnt -house' }, context());
  expect(suggestion).toBe('elephant -house');
  expect(plan.terms).toEqual([
    { term: 'elephnt', weight: 1 },
    { term: '=elephnt', weight: 1 },
  ]);
  await it.stop?.();
});

test('without a database plans are made, and the words are asked for again, ever more seldom', async () => {
  const it = await started([shard('a', ['elephant'], 1)], true);
  expect((await it.handlers.plan({ q: 'elephnt' }, context())).suggestion).toBeUndefined();
  const pauses: number[] = [];
  for (let i = 0; i < 8; i++) {
    pauses.push(...it.time.waiting());
    it.time.fire();
    await it.settled();
  }
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  it.database.down = false;
  it.time.fire();
  await it.settled();
  expect(await it.suggestions('ele')).toEqual(['elephant']);
  await it.stop?.();
});

test('the words are fetched again when the corpus has changed, and only then', async () => {
  const shards = [shard('a', ['elephant'], 1)];
  const it = await started(shards);
  const asked = () => it.database.calls.filter((call) => call.startsWith('vocabulary')).length;
  it.time.fire();
  await it.settled();
  expect(asked()).toBe(1);
  shards[0] = shard('b', ['element'], 2);
  it.time.fire();
  await it.settled();
  expect(asked()).toBe(2);
  expect(await it.suggestions('ele')).toEqual(['element']);
  await it.stop?.();
});

test('after its stop it waits for nothing any more', async () => {
  const it = await started([shard('a', ['elephant'], 1)]);
  await it.stop?.();
  expect(it.time.waiting()).toEqual([]);
});

test('in layered style it plans, asks every shard, and hands up what was found with the plan', async () => {
  const it = await started([shard('a', ['elephant'], 3), shard('b', ['eleven'], 4)]);
  const before = it.database.calls.length;
  const answer = await it.handlers.search({ q: 'elephnt house', page: 1, size: 10, explain: false }, context());
  expect(it.database.calls.slice(before)).toEqual(['find 1', 'find 2']);
  expect(answer.plan.terms.map(({ term }) => term)).toEqual(['elephnt', 'hous', '=elephnt house']);
  expect(answer.suggestion).toBe('elephant house');
  expect(answer.found.statistics.documents).toBe(7);
  await it.stop?.();
});
