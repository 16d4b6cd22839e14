import type { Random } from '../time/random.ts';
import type { Service } from './call.ts';
import type { Context } from './context.ts';
import type { Contract, RequestOf, ResponseOf } from './contract.ts';
import { asRpcError } from './errors.ts';
import { groupKey } from './group-key.ts';
import { childSpan } from './trace-context.ts';

export interface CallOptions {
  /** Which shard, 1-based; for sharded operations. */
  readonly shard?: number;
  /** Makes a write safe to retry: the write happens once per key. */
  readonly idempotencyKey?: string;
}

/** A component as its callers see it: typed functions. The location of the component is decided at run time. */
export type Upstream<C extends Contract> = {
  readonly [Name in keyof C['operations']]: (
    request: RequestOf<C['operations'][Name]>,
    context: Context,
    options?: CallOptions,
  ) => Promise<ResponseOf<C['operations'][Name]>>;
};

/**
 * Typed functions over `service`. Every call carries the deadline, trace, priority and cancellation of the handler. A
 * failure names the replica group that was called. So when the node of the handler passes this failure on to its own
 * caller, that caller does not blame the node of the handler.
 */
export function upstream<C extends Contract>(contract: C, service: Service, random: Random): Upstream<C> {
  const methods = Object.values(contract.operations).map((operation) => {
    const call = async (request: unknown, context: Context, options: CallOptions = {}) => {
      const reply = await service({
        component: contract.component,
        operation,
        request,
        shard: options.shard,
        requestId: context.requestId,
        trace: childSpan(context.trace, random),
        deadlineAt: context.deadlineAt,
        signal: context.signal,
        attempt: 1,
        priority: operation.priority === 'read' ? context.priority : operation.priority,
        idempotencyKey: options.idempotencyKey,
      }).catch((thrown: unknown) => {
        const error = asRpcError(thrown);
        if (error.below !== undefined) throw error;
        throw error.with({ below: groupKey({ component: contract.component, shard: options.shard }) });
      });
      context.servedBy.push(...reply.servedBy);
      if (reply.staleMs !== undefined) context.staleMs = Math.max(context.staleMs ?? 0, reply.staleMs);
      return reply.body;
    };
    return [operation.name, call] as const;
  });
  return Object.fromEntries(methods) as unknown as Upstream<C>;
}
