import type { Call, Layer, Reply, Service } from './call.ts';
import { compose } from './call.ts';
import type { Context } from './context.ts';
import type { Contract, Handlers, Operation } from './contract.ts';
import { RpcError } from './errors.ts';

/** A component that runs on this node. */
export interface Hosted {
  readonly contract: Contract;
  readonly handlers: Handlers<Contract>;
}

export interface Server {
  /** The entry for calls, whatever transport brought them. */
  readonly serve: Service;
  /** Returns the operation, or throws `not_found`. */
  readonly operation: (component: string, name: string) => Operation;
  readonly host: (hosted: Hosted) => void;
}

/** The part of the data that a node holds: shard `shard` (1-based) of `shards`. */
export interface Holding {
  readonly shard: number;
  readonly shards: number;
}

/**
 * Dispatches calls to the components of one node, through `layers` (outermost first). A call of a sharded operation is
 * answered only for the shard that the node holds. An answer from another shard would look right and be wrong.
 */
export function createServer(node: string, layers: readonly Layer[] = [], holding?: Holding): Server {
  const components = new Map<string, Hosted>();

  function find(component: string): Hosted {
    const hosted = components.get(component);
    if (!hosted) throw new RpcError('not_found', `${node} does not host ${component}`, { node });
    return hosted;
  }

  function checkShard({ component, operation, shard }: Call): void {
    if (!holding || !operation.sharded || shard === holding.shard) return;
    const name = `${component}.${operation.name}`;
    if (shard !== undefined)
      throw new RpcError('misdirected', `${node} holds shard ${holding.shard} of ${component}, not shard ${shard}`);
    if (holding.shards > 1)
      throw new RpcError('bad_request', `x-shard is missing: ${name} needs one of ${holding.shards} shards`);
  }

  async function dispatch(call: Call): Promise<Reply> {
    checkShard(call);
    const { handlers } = find(call.component);
    const servedBy: string[] = [];
    const context: Context = {
      requestId: call.requestId,
      trace: call.trace,
      deadlineAt: call.deadlineAt,
      signal: call.signal,
      priority: call.priority,
      idempotencyKey: call.idempotencyKey,
      caller: call.caller,
      servedBy,
    };
    const body = await handlers[call.operation.name]!(call.request, context);
    const { staleMs } = context;
    return { body, servedBy: [node, ...servedBy], ...(staleMs !== undefined && { staleMs }) };
  }

  return {
    serve: compose(layers, dispatch),
    operation(component, name) {
      const { operations } = find(component).contract;
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (!operation) throw new RpcError('not_found', `${component} has no operation ${name}`, { node });
      return operation;
    },
    host: (hosted) => void components.set(hosted.contract.component, hosted),
  };
}
