import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Scheduler, Timer } from '../../../time/scheduler.ts';
import type { Call, Layer, Reply, Service } from '../../call.ts';
import type { Operation } from '../../contract.ts';
import { batchCall } from '../../derived-call.ts';
import { RpcError } from '../../errors.ts';
import { groupKey } from '../../group-key.ts';
import { createLookup, perOperation } from '../per-operation.ts';

const BatchedOperation = Type.Object(
  {
    windowMs: Type.Number({ default: 4, minimum: 0, description: 'longest time that a call waits for other calls' }),
    maxSize: Type.Integer({ default: 32, minimum: 1 }),
    targetMs: Type.Number({
      default: 50,
      minimum: 1,
      description: 'the batch size grows while a batch is answered within this time',
    }),
  },
  { additionalProperties: false },
);
type BatchedOperation = Static<typeof BatchedOperation>;

export const BatchSettings = Type.Object(
  {
    operations: perOperation(Type.Partial(BatchedOperation, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type BatchSettings = Static<typeof BatchSettings>;

/**
 * How to join requests of one operation into one request of `operation`, and how to split its reply. `split` gives one
 * body or one error per request, in order.
 */
export interface BatchCodec {
  readonly operation: Operation;
  readonly merge: (requests: readonly unknown[]) => unknown;
  readonly split: (body: unknown, requests: readonly unknown[]) => unknown[];
}

/** Additive increase, multiplicative decrease of the batch size (Crankshaw et al., Clipper, NSDI 2017). */
export function nextSize(
  size: number,
  { maxSize, targetMs }: BatchedOperation,
  outcome: { ok: boolean; elapsedMs: number; full: boolean },
): number {
  if (!outcome.ok || outcome.elapsedMs > targetMs) return Math.max(1, Math.floor(size / 2));
  return outcome.full ? Math.min(maxSize, size + 1) : size;
}

interface Member {
  readonly call: Call;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue {
  members: Member[];
  size: number;
  timer: Timer | undefined;
}

const defaults: BatchedOperation = { windowMs: 4, maxSize: 32, targetMs: 50 };

/**
 * Collects fine-grained calls until a window ends or the batch is full, and sends them as one coarse-grained call. A
 * call waits up to one window longer, and saves a round trip and its overhead. The layers below see the coarse-grained
 * operation. The batch has the latest deadline of its members, and stops when all callers have left.
 */
export function batch(
  settings: BatchSettings,
  { clock, scheduler, codecs }: { clock: Clock; scheduler: Scheduler; codecs: Readonly<Record<string, BatchCodec>> },
): Layer {
  const lookup = createLookup(settings.operations);
  const codecOf = createLookup(codecs);

  return function batch(next) {
    const queues = new Map<string, Queue>();

    function flush(queue: Queue, operation: BatchedOperation, codec: BatchCodec): void {
      queue.timer?.cancel();
      queue.timer = undefined;
      const members = queue.members.filter(({ call, reject }) => {
        if (call.signal.aborted) reject(call.signal.reason);
        return !call.signal.aborted;
      });
      queue.members = [];
      if (members.length === 0) return;
      const sentAt = clock.now();
      const full = members.length >= queue.size;
      sendBatch(next, members, codec).then(
        () => (queue.size = nextSize(queue.size, operation, { ok: true, elapsedMs: clock.now() - sentAt, full })),
        () => (queue.size = nextSize(queue.size, operation, { ok: false, elapsedMs: clock.now() - sentAt, full })),
      );
    }

    return (call) => {
      const own = lookup(call);
      const codec = codecOf(call);
      if (!own || !codec) return next(call);
      const operation = { ...defaults, ...own };
      const key = `${groupKey(call)}.${call.operation.name}`;
      const queue = queues.getOrInsertComputed(key, () => {
        return { members: [], size: Math.min(4, operation.maxSize), timer: undefined };
      });
      return new Promise((resolve, reject) => {
        queue.members.push({ call, resolve, reject });
        if (queue.members.length >= queue.size) flush(queue, operation, codec);
        else queue.timer ??= scheduler.after(operation.windowMs, () => flush(queue, operation, codec));
      });
    };
  };
}

/** Settles every member; rejects every member when the batch failed. */
async function sendBatch(next: Service, members: readonly Member[], codec: BatchCodec): Promise<void> {
  const [first] = members as [Member];
  if (members.length === 1) return sendAlone(next, first);
  const calls = members.map(({ call }) => call);
  const requests = calls.map((call) => call.request);
  const controller = new AbortController();
  let present = members.length;
  const leave = () => {
    if (--present === 0) controller.abort(first.call.signal.reason);
  };
  for (const { signal } of calls) signal.addEventListener('abort', leave);
  try {
    const reply = await next(batchCall(calls, codec.operation, codec.merge(requests), controller.signal));
    const bodies = codec.split(reply.body, requests);
    if (bodies.length !== members.length)
      throw new RpcError('bad_reply', `${bodies.length} answers to ${members.length} requests came back`);
    members.forEach(({ resolve, reject }, i) => {
      const body = bodies[i];
      if (body instanceof RpcError) reject(body);
      else resolve({ ...reply, body });
    });
  } catch (thrown) {
    for (const { reject } of members) reject(thrown);
    throw thrown;
  } finally {
    for (const { signal } of calls) signal.removeEventListener('abort', leave);
  }
}

/** One call needs no batch: it goes on as it is. */
async function sendAlone(next: Service, { call, resolve, reject }: Member): Promise<void> {
  try {
    resolve(await next(call));
  } catch (thrown) {
    reject(thrown);
    throw thrown;
  }
}
