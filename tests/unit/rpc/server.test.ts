import Type from 'typebox';
import { expect, test } from 'vitest';
import { contract, operation } from '../../../shared/rpc/contract.ts';
import { createServer } from '../../../shared/rpc/server.ts';
import { outcomeOf, testCall } from './layers/helpers.ts';

const any = Type.Object({});
const store = contract('database', {
  find: operation({ summary: 'of one shard', sharded: true, request: any, response: any }),
  names: operation({ summary: 'of no shard', request: any, response: any }),
});

function holding(shard: number, shards: number) {
  const server = createServer(`database-${shard}-1`, [], { shard, shards });
  const answer = () => Promise.resolve({});
  server.host({ contract: store, handlers: { find: answer, names: answer } });
  return (name: 'find' | 'names', asked?: number) =>
    server.serve(testCall({ component: 'database', operation: store.operations[name], shard: asked }));
}

test.each([
  ['its own shard', 2, 2, 'find', 2, {}],
  ['another shard', 1, 2, 'find', 2, 'misdirected'],
  ['a shard that nobody holds', 1, 1, 'find', 2, 'misdirected'],
  ['no shard in particular, where there are several', 1, 2, 'find', undefined, 'bad_request'],
  ['no shard in particular, where there is one', 1, 1, 'find', undefined, {}],
  ['an operation that has no shards', 2, 2, 'names', undefined, {}],
] as const)('a node that is asked for %s', async (_, shard, shards, name, asked, expected) => {
  expect(await outcomeOf(holding(shard, shards)(name, asked))).toEqual(expected);
});

test('a call for another shard is refused with what the node holds, and nothing happened', async () => {
  await expect(holding(1, 2)('find', 2)).rejects.toMatchObject({
    code: 'misdirected',
    status: 421,
    definite: true,
    message: expect.stringMatching(/^database-1-1\b.*\bshard 1\b.*\bshard 2\b/),
  });
});
