import { beforeEach, expect, test } from 'vitest';
import type { Data } from '../../../../services/client/placements/data.ts';
import { createLeasedData } from '../../../../services/client/placements/leased-data.ts';
import { type Wire, WireError } from '../../../../services/client/placements/wire.ts';

/** A data tier with two shards. Every page is in shard 2; a term has a part in both. */
let versions: Record<string, string>;
let down: boolean;
let asked: string[];
let nowMs: number;
let data: Data;

const part = { documents: 1, fieldLengths: [1, 0, 1], ids: [], lengths: [], popularity: [], counts: [] };
const answer = <T>(what: string, value: T): Promise<T> => {
  asked.push(what);
  return down ? Promise.reject(new WireError('unreachable', 'The server does not answer.')) : Promise.resolve(value);
};
const wire: Pick<Wire, 'parts' | 'texts'> = {
  parts: (term) =>
    answer(term, {
      parts: [{ ...part, positions: [], anchors: [] }],
      versions: { ...versions },
      leaseMs: 1_000,
    }),
  texts: (ids) =>
    answer(ids.join(), {
      pages: ids.map((id) => ({ id, title: id, url: '', body: versions['2']! })),
      versions: { 2: versions['2']! },
      leaseMs: 1_000,
    }),
};

beforeEach(() => {
  versions = { 1: 'a', 2: 'a' };
  down = false;
  asked = [];
  nowMs = 0;
  data = createLeasedData(wire, () => nowMs);
});

test('what is leased is not asked for again; only missing texts are', async () => {
  await data.parts('dog');
  await data.parts('dog');
  await data.texts(['x', 'y']);
  const texts = await data.texts(['y', 'z', 'x']);
  expect(texts.map(({ id }) => id).toSorted()).toEqual(['x', 'y', 'z']);
  expect(asked).toEqual(['dog', 'x,y', 'z']);
});

test('a lease ends by time, counted from the request', async () => {
  await data.parts('dog');
  nowMs = 999;
  await data.parts('dog');
  expect(asked).toEqual(['dog']);
  nowMs = 1_000;
  await data.parts('dog');
  expect(asked).toEqual(['dog', 'dog']);
});

test('an answer with another version of a shard invalidates only the cached data of this shard', async () => {
  await data.parts('dog');
  await data.texts(['x']);
  versions = { 1: 'b', 2: 'a' };
  await data.parts('cat');
  expect((await data.texts(['x']))[0]!.body).toBe('a');
  await data.parts('dog');
  expect(asked).toEqual(['dog', 'x', 'cat', 'dog']);
  versions = { 1: 'b', 2: 'b' };
  await data.texts(['y']);
  expect((await data.texts(['x']))[0]!.body).toBe('b');
  expect(asked).toEqual(['dog', 'x', 'cat', 'dog', 'y', 'x']);
});

test('texts that an answer shows to be old are not in the result: they are asked for again', async () => {
  await data.texts(['x']);
  versions = { 1: 'a', 2: 'b' };
  expect((await data.texts(['x', 'y'])).map(({ id, body }) => [id, body])).toEqual([
    ['x', 'b'],
    ['y', 'b'],
  ]);
  expect(asked).toEqual(['x', 'y', 'x']);
});

test('without a server, cached data answers, and everything else fails with a sentence', async () => {
  await data.parts('dog');
  await data.texts(['x']);
  down = true;
  await data.parts('dog');
  await data.texts(['x']);
  await expect(data.parts('cat')).rejects.toThrow(/\bword\b.*\bcache\b.*\bserver\b/);
  await expect(data.texts(['x', 'y'])).rejects.toThrow(/\bpages\b.*\bcache\b/);
  nowMs = 1_000;
  await expect(data.parts('dog')).rejects.toThrow(/\bserver\b/);
});
