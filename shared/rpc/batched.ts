import Type, { type Static, type TSchema } from 'typebox';
import type { Context } from './context.ts';
import { operation, type Contract, type Operation } from './contract.ts';
import { asRpcError, fromProblem, toProblem } from './errors.ts';
import type { BatchCodec } from './layers/batch.ts';

/** More than this in one call is a mistake: the batch layer's own limit is lower. */
const maxRequests = 256;

/** What became of one request of a batch: its reply, or its own failure. */
const BatchedReply = <R extends TSchema>(response: R) =>
  Type.Union([Type.Object({ reply: response }), Type.Object({ problem: Type.Object({ code: Type.String() }) })]);

/**
 * The coarse-grained form of the operation `single`, which is called `name` in the same contract: many requests in, as
 * many outcomes out, in order. Nobody calls it by hand: the batch layer does, where the policy says so.
 */
export function batchOf<Request extends TSchema, Response extends TSchema>(
  name: string,
  single: Omit<Operation<Request, Response>, 'name'>,
) {
  return {
    ...operation({
      summary: `Many requests of "${name}" in one call`,
      request: Type.Object({ requests: Type.Array(single.request, { minItems: 1, maxItems: maxRequests }) }),
      response: Type.Object({ replies: Type.Array(BatchedReply(single.response)) }),
      idempotent: single.idempotent,
      priority: single.priority,
      sharded: single.sharded,
    }),
    batchOf: name,
  };
}

type BatchedReply<Response> = { reply: Response } | { problem: { code: string } };

/** The handler of a batch, from that of one request: one that fails leaves the others alone. */
export function inBatches<Request, Response>(handle: (request: Request, context: Context) => Promise<Response>) {
  return async function handleBatch(
    batch: { requests: Request[] },
    context: Context,
  ): Promise<{ replies: BatchedReply<Response>[] }> {
    const outcome = (request: Request): Promise<BatchedReply<Response>> =>
      handle(request, context).then(
        (reply) => ({ reply }),
        (thrown: unknown) => ({ problem: toProblem(asRpcError(thrown)) }),
      );
    return { replies: await Promise.all(batch.requests.map(outcome)) };
  };
}

const Replies = Type.Object({ replies: Type.Array(BatchedReply(Type.Unknown())) });

/**
 * For every operation of `contracts` that has a coarse-grained form: how its requests become one, and the answer
 * theirs.
 */
export function batchCodecs(contracts: readonly Contract[]): Readonly<Record<string, BatchCodec>> {
  const codecs = contracts.flatMap(({ component, operations }) =>
    Object.values(operations).flatMap((batched): [string, BatchCodec][] =>
      batched.batchOf === undefined ? [] : [[`${component}.${batched.batchOf}`, codecOf(batched)]],
    ),
  );
  return Object.fromEntries(codecs);
}

function codecOf(batched: Operation): BatchCodec {
  return {
    operation: batched,
    merge: (requests) => ({ requests }),
    split: (body) =>
      (body as Static<typeof Replies>).replies.map((outcome): unknown =>
        'reply' in outcome ? outcome.reply : fromProblem(outcome.problem, 500),
      ),
  };
}
