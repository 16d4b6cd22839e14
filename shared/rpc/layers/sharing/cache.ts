import { LRUCache } from 'lru-cache';
import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Call, Layer, Reply, Service } from '../../call.ts';
import { asRpcError } from '../../errors.ts';
import { groupKey } from '../../group-key.ts';
import { canonicalJson } from '../../../security/canonical-json.ts';
import type { Observe } from '../events.ts';
import { type Tally, tallyNothing } from '../tally.ts';
import { createLookup, perOperation } from '../per-operation.ts';
import { isRetryable } from '../retries/retryable.ts';

const CachedOperation = Type.Object(
  {
    ttlMs: Type.Number({ default: 0, minimum: 0, description: '0 = only calls at the same time share one answer' }),
    staleIfErrorMs: Type.Number({
      default: 0,
      minimum: 0,
      description: 'how long after `ttlMs` an answer is still served when the component fails (RFC 5861)',
    }),
  },
  { additionalProperties: false },
);

export const CacheSettings = Type.Object(
  {
    maxEntries: Type.Integer({ default: 10_000, minimum: 1 }),
    invalidate: Type.Boolean({
      default: true,
      description:
        'true: when this node writes to a component, the cached answers of that component are dropped; ' +
        'false: they are kept until `ttlMs`, although they may be old',
    }),
    operations: perOperation(Type.Partial(CachedOperation, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type CacheSettings = Static<typeof CacheSettings>;

interface Entry {
  readonly reply: Reply;
  readonly storedAt: number;
}

/** What to do with an answer of age `ageMs`: serve it, keep it for a failure of the component, or drop it. */
export function freshness(ageMs: number, ttlMs: number, staleIfErrorMs: number): 'fresh' | 'stale' | 'gone' {
  if (ageMs < ttlMs) return 'fresh';
  return ageMs < ttlMs + staleIfErrorMs ? 'stale' : 'gone';
}

/**
 * Answers repeated requests from memory. Equal calls at the same time are sent once (single flight). The cache works
 * only for operations that the settings name. When this node writes to a component, all answers of that component
 * become invalid, unless the write definitely did not happen. Callers share the body, so they must not change it. An
 * answer from memory names no serving node.
 */
export function cache(
  settings: CacheSettings,
  { clock, observe, tally = tallyNothing }: { clock: Clock; observe: Observe; tally?: Tally },
): Layer {
  const lookup = createLookup(settings.operations);
  const entries = new LRUCache<string, Entry>({ max: settings.maxEntries });
  const flights = new Map<string, Promise<Reply>>();
  /**
   * One number for each component, which grows with each write to the component. The number is part of the key, so a
   * call after the write never finds an older answer, and never joins an older call under way.
   */
  const generations = new Map<string, number>();

  function keyOf(call: Call): string {
    const generation = generations.get(call.component) ?? 0;
    return `${groupKey(call)}.${call.operation.name}/${generation}/${canonicalJson(call.request)}`;
  }

  async function write(next: Service, call: Call): Promise<Reply> {
    const invalidate = () => generations.set(call.component, (generations.get(call.component) ?? 0) + 1);
    try {
      const reply = await next(call);
      if (settings.invalidate) invalidate();
      return reply;
    } catch (thrown) {
      if (settings.invalidate && !asRpcError(thrown).definite) invalidate();
      throw thrown;
    }
  }

  async function read(next: Service, call: Call, ttlMs: number, staleIfErrorMs: number): Promise<Reply> {
    const key = keyOf(call);
    const entry = entries.get(key);
    const state = entry ? freshness(clock.now() - entry.storedAt, ttlMs, staleIfErrorMs) : 'gone';
    if (state === 'fresh') {
      tally.cache(call.component, 'hit');
      return { body: entry!.reply.body, servedBy: [] };
    }
    try {
      const underWay = flights.get(key);
      tally.cache(call.component, underWay ? 'shared' : 'miss');
      return await (underWay ? follow(underWay, next, call) : lead(next, call, key, ttlMs + staleIfErrorMs > 0));
    } catch (thrown) {
      const error = asRpcError(thrown);
      if (state !== 'stale' || !isRetryable(call, error, undefined)) throw thrown;
      observe({ event: 'stale', call, code: error.code });
      tally.cache(call.component, 'stale');
      return { body: entry!.reply.body, servedBy: [], maskedBy: 'cache', staleMs: clock.now() - entry!.storedAt };
    }
  }

  async function lead(next: Service, call: Call, key: string, keep: boolean): Promise<Reply> {
    const flight = next(call);
    flights.set(key, flight);
    try {
      const reply = await flight;
      // A tier below gave an old answer. If the cache kept this answer, it would look new.
      if (keep && reply.staleMs === undefined) entries.set(key, { reply, storedAt: clock.now() });
      return reply;
    } finally {
      flights.delete(key);
    }
  }

  /**
   * Waits for the answer to an equal call of another caller. If that caller left, or its deadline passed, this is no
   * failure for the present caller, which then sends its own call.
   */
  async function follow(flight: Promise<Reply>, next: Service, call: Call): Promise<Reply> {
    try {
      return await flight;
    } catch (thrown) {
      const { code } = asRpcError(thrown);
      if ((code !== 'cancelled' && code !== 'deadline_exceeded') || call.signal.aborted) throw thrown;
      return next(call);
    }
  }

  return function cache(next) {
    return (call) => {
      if (!call.operation.idempotent || call.operation.priority === 'write') return write(next, call);
      const operation = lookup(call);
      return operation ? read(next, call, operation.ttlMs ?? 0, operation.staleIfErrorMs ?? 0) : next(call);
    };
  };
}
