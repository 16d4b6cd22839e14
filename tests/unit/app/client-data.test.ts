import { expect, test } from 'vitest';
import { shardOf } from '../../../search/sharding.ts';
import { clientData } from '../../../services/app/client-data.ts';
import { context } from '../gateway/harness.ts';

const shards = 2;
const nobody = () => Promise.reject(new Error('nobody asks for this'));

/** Shards whose pages have this length, and whose parts of a term have these sizes. */
function tiers({ characters = 0, pagesPerPart = 0, positionsPerPart = 0, anchorsPerPart = 0 }) {
  const body = 'x'.repeat(characters);
  const stored = { title: '', body, keywords: [], url: '', links: [], version: 1 };
  const pages = ({ ids }: { ids: readonly string[] }) =>
    Promise.resolve({ version: '1', pages: ids.map((id) => ({ ...stored, id })) });
  const part = { documents: 1, fieldLengths: [1, 1, 1], lengths: [], popularity: [], counts: [] };
  const anchors = [[0, ...Array<number>(anchorsPerPart).fill(0)]];
  const [ids, positions] = [Array<string>(pagesPerPart).fill('a'), Array<number>(positionsPerPart).fill(0)];
  const postings = () => Promise.resolve({ version: '1', part: { ...part, ids, positions, anchors } });
  return clientData({ query: { plan: nobody }, database: { pages, postings, find: nobody } }, shards);
}

test('the texts of all shards together have a bound, and one page is always answered', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(new Set(ids.map((id) => shardOf(id, shards))).size).toBe(shards);
  expect((await tiers({ characters: 600_000 }).texts({ ids }, context())).pages).toHaveLength(6);
  await expect(tiers({ characters: 700_000 }).texts({ ids }, context())).rejects.toMatchObject({ code: 'too_large' });
  expect((await tiers({ characters: 5_000_000 }).texts({ ids: ['a'] }, context())).pages).toHaveLength(1);
});

test('the parts of all shards together have a bound', async () => {
  const partsOf = (sizes: Parameters<typeof tiers>[0]) => tiers(sizes).parts({ term: 'dog' }, context());
  expect((await partsOf({ pagesPerPart: 5_000 })).versions).toEqual({ 1: '1', 2: '1' });
  await expect(partsOf({ pagesPerPart: 5_001 })).rejects.toMatchObject({
    code: 'too_costly',
    message: expect.stringContaining('10002 pages hold "dog"'),
  });
  for (const size of [{ positionsPerPart: 50_001 }, { positionsPerPart: 2, anchorsPerPart: 50_000 }])
    await expect(partsOf(size)).rejects.toMatchObject({ code: 'too_costly' });
});
