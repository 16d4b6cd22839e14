import Type from 'typebox';
import { expect, test } from 'vitest';
import { batchCodecs, batchOperation, inBatches } from '../../../shared/rpc/batched.ts';
import { compose, type Call } from '../../../shared/rpc/call.ts';
import { contract, operation } from '../../../shared/rpc/contract.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { clientLayers } from '../../../shared/rpc/client-layers.ts';
import { createServer } from '../../../shared/rpc/server.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { outcomeOf, setUp, testCall } from './layers/helpers.ts';

const square = operation({
  summary: 'squares',
  request: Type.Object({ n: Type.Number() }),
  response: Type.Object({ n: Type.Number(), square: Type.Number(), note: Type.Optional(Type.String()) }),
});
const calculator = contract('calculator', { square, squareMany: batchOperation('square', square) });

/** A client of one server, and the wire between them: JSON there and back, and the operations that went over it. */
function system() {
  const { sim } = setUp();
  const policy = createPolicyHolder({ hedge: false, attemptTimeout: false });
  const server = createServer('calculator-1');
  const handle = async ({ n }: { n: number }) => {
    if (n === 13) throw new RpcError('conflict', '13 is unlucky');
    return n === 7 ? { n, square: n * n, note: 'é "7"' } : { n, square: n * n };
  };
  server.host({ contract: calculator, handlers: { square: handle, squareMany: inBatches(handle) } as never });
  const wire: string[] = [];
  const transport = async (call: Call) => {
    wire.push(call.operation.name);
    const request: unknown = JSON.parse(JSON.stringify(call.request));
    call.operation.checkRequest(request);
    const reply = await server.serve({ ...call, request });
    return { ...reply, body: JSON.parse(JSON.stringify(reply.body)) as unknown };
  };
  const layers = clientLayers(policy, {
    ...sim,
    random: seededRandom('batched'),
    endpoints: () => [{ node: 'calculator-1', host: '', port: 0 }],
    codecs: batchCodecs([calculator]),
  });
  const service = compose(layers, transport);
  const call = (n: number) =>
    testCall({
      component: 'calculator',
      operation: calculator.operations.square,
      request: { n },
      deadlineAt: Infinity,
    });
  async function ask(numbers: readonly number[]): Promise<string[]> {
    const outcomes = numbers.map((n) => outcomeOf(service(call(n))));
    await sim.run(sim.clock.now() + 1_000);
    return (await Promise.all(outcomes)).map((outcome) => JSON.stringify(outcome));
  }
  return { policy, wire, ask };
}

const numbers = [1, 2, 7, 13, 5, 1.5, -3, 0];

test('coarse-grained calls give the same answers as fine-grained ones, byte for byte, and are fewer', async () => {
  const { policy, wire, ask } = system();
  const fine = await ask(numbers);
  expect(wire).toEqual(numbers.map(() => 'square'));
  wire.length = 0;
  policy.set({ batch: { operations: { 'calculator.square': { windowMs: 2 } } } });
  expect(await ask(numbers)).toEqual(fine);
  expect(wire).toEqual(['squareMany', 'squareMany']);
  wire.length = 0;
  policy.set({ batch: true });
  expect(await ask(numbers)).toEqual(fine);
  expect(wire).toHaveLength(numbers.length);
});

test('a request that fails leaves the others of its batch alone', async () => {
  const { policy, ask } = system();
  policy.set({ batch: { operations: { 'calculator.square': {} } } });
  expect(await ask([2, 13, 3])).toEqual(['{"n":2,"square":4}', '"conflict"', '{"n":3,"square":9}']);
});

test('a batch is checked by the schemas of the operation that it carries', () => {
  const codec = batchCodecs([calculator])['calculator.square']!;
  expect(codec.split({ replies: [{ reply: 1 }] }, [1])).toEqual([1]);
  const { operation: batched } = codec;
  expect(() => batched.checkRequest({ requests: [] })).toThrow(/requests/);
  expect(() => batched.checkResponse({ replies: [{ reply: { n: 'x' } }] })).toThrow(RpcError);
});
