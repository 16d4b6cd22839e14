import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import pino from 'pino';
import Type, { type TSchema } from 'typebox';
import { expect, onTestFinished, test } from 'vitest';
import type { KeptContracts } from '../../../scripts/lib/kept-contracts.ts';
import { ranking } from '../../../services/ranking/contract.ts';
import { rank } from '../../../services/ranking/rank.ts';
import { contract, operation, type Contract } from '../../../shared/rpc/contract.ts';
import { createServer as createRpcServer } from '../../../shared/rpc/server.ts';
import { newTrace } from '../../../shared/rpc/trace-context.ts';
import { httpClientTransport } from '../../../shared/rpc/transports/http-client.ts';
import { httpServerTransport } from '../../../shared/rpc/transports/http-server.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { listen } from '../../support/listen.ts';
import { testCall } from '../../unit/rpc/layers/helpers.ts';

const file = path.resolve(import.meta.dirname, '../../../contracts/0.1.0.json');
const kept = (JSON.parse(readFileSync(file, 'utf8')) as KeptContracts)['ranking.rank']!;
const random = seededRandom(1);

/** The operation `rank` of another version. */
const versionOf = (request: TSchema, response: TSchema): Contract =>
  contract('ranking', { rank: operation({ summary: 'of another version', request, response }) });
const released = versionOf(Type.Unsafe(kept.request), Type.Unsafe(kept.response));
/** A version with one optional field more in each direction. */
const current = ranking.operations.rank;
const next = versionOf(
  Type.Object({ ...current.request.properties, person: Type.Optional(Type.String()) }),
  Type.Object({ ...current.response.properties, model: Type.Optional(Type.String()) }),
);

type RankRequest = Parameters<typeof rank>[0];
const request: RankRequest = {
  plan: { terms: [{ term: 'dog', weight: 1 }] },
  statistics: { documents: 10, fieldLengths: [20, 0, 90], frequencies: [2] },
  candidates: [
    { id: 'a', frequencies: [0, 0, 1], lengths: [2, 0, 9], popularity: 0.1 },
    { id: 'b', frequencies: [1, 0, 2], lengths: [2, 0, 9], popularity: 0.1 },
  ],
  offset: 0,
  size: 10,
  explain: false,
};

/** A node that ranks and speaks `version`; `more` is added to its replies. */
async function node(version: Contract, more: object): Promise<number> {
  const rpc = createRpcServer('ranking-1');
  const handle = async (asked: RankRequest): Promise<object> => ({ ranked: rank(asked), ...more });
  rpc.host({ contract: version, handlers: { rank: handle } as never });
  const log = pino({ level: 'silent' });
  const server = createServer(httpServerTransport(rpc, { node: 'ranking-1', clock: systemClock, random, log }));
  return listen(server);
}

/** A call by a node that speaks `version`, which checks the reply as all nodes do. */
async function ask(version: Contract, port: number, body: object): Promise<unknown> {
  const transport = httpClientTransport({ node: 'app-1', clock: systemClock });
  onTestFinished(() => transport.close());
  const { rank: asked } = version.operations;
  const endpoint = { node: 'ranking-1', host: '127.0.0.1', port };
  const trace = newTrace(random);
  const reply = await transport.send(testCall({ operation: asked!, request: body, trace, endpoint }));
  asked!.checkResponse(reply.body);
  return reply.body;
}

const order = [{ id: 'b' }, { id: 'a' }];

test('a node of the next version calls a node of the released one: the new field is ignored', async () => {
  const port = await node(released, {});
  expect(await ask(next, port, { ...request, person: 'ada' })).toMatchObject({ ranked: order });
});

test('a node of the released version calls a node of the next one: the missing field is tolerated', async () => {
  const port = await node(next, { model: 'bm25f' });
  expect(await ask(released, port, request)).toMatchObject({ ranked: order, model: 'bm25f' });
});

test('a node of the next version that needs the new field cannot be called by a released one', async () => {
  const strict = versionOf(Type.Object({ ...current.request.properties, person: Type.String() }), current.response);
  const port = await node(strict, {});
  await expect(ask(released, port, request)).rejects.toThrow(/person is missing/);
});
