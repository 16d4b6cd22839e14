import Type, { type Static, type TSchema } from 'typebox';
import type { Context } from './context.ts';
import { operation, type Contract, type Operation } from './contract.ts';
import { asRpcError, fromProblem, toProblem } from './errors.ts';
import type { BatchCodec } from './layers/sharing/batch.ts';

/** More requests than this in one call are a mistake: the batch layer joins at most 32 by default. */
const maxRequests = 256;

/** The result of one request of a batch: its reply, or its own failure. */
const BatchedReply = <R extends TSchema>(response: R) =>
  Type.Union([Type.Object({ reply: response }), Type.Object({ problem: Type.Object({ code: Type.String() }) })]);

/**
 * The coarse-grained form of the operation `single`, with the name `name` in the same contract. It takes many requests
 * and returns as many results, in the same order. Only the batch layer calls it, where the policy says so.
 */
export function batchOperation<Request extends TSchema, Response extends TSchema>(
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
      mismatch({ requests }, { replies }) {
        const wrong = requests.map((request, i) => {
          const outcome = replies[i];
          if (outcome === undefined || !('reply' in outcome)) return undefined;
          return single.mismatch?.(request as never, outcome.reply as never);
        });
        return wrong.find((why) => why !== undefined);
      },
    }),
    batchOf: name,
  };
}

type BatchedReply<Response> = { reply: Response } | { problem: { code: string } };

/** Makes the handler of a batch from the handler of one request. A request that fails does not affect the others. */
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
 * For every operation of `contracts` with a coarse-grained form: how to join its requests, and how to split the reply.
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
