import { LRUCache } from 'lru-cache';
import Type, { type Static } from 'typebox';
import { hash32 } from '../../../time/random.ts';
import type { Layer, Reply } from '../../call.ts';
import { detached } from '../../derived-call.ts';
import { RpcError } from '../../errors.ts';
import { groupKey } from '../../group-key.ts';
import { canonicalJson } from '../../../security/canonical-json.ts';
import type { Observe } from '../events.ts';

export const DedupeSettings = Type.Object(
  {
    maxKeys: Type.Integer({
      default: 10_000,
      minimum: 1,
      description: 'how many keys are remembered: enough to outlast the retries of any caller',
    }),
  },
  { additionalProperties: false },
);
export type DedupeSettings = Static<typeof DedupeSettings>;

interface Remembered {
  /**
   * A fingerprint of the request, because requests can be large. Another request with the same key is a mistake of the
   * caller.
   */
  readonly request: string;
  readonly reply: Promise<Reply>;
}

/**
 * Server side: a call with an idempotency key happens once, however often it arrives. Later calls get the answer of the
 * first call, even if they come while the first call is under way. A failure is forgotten, so that a retry may succeed.
 * The same key with another request is `conflict`. This is the memory of one process: after a restart, or at another
 * replica, the write would happen again.
 */
export function dedupe(settings: DedupeSettings, { observe }: { observe: Observe }): Layer {
  const remembered = new LRUCache<string, Remembered>({ max: settings.maxKeys });
  return function dedupe(next) {
    return (call) => {
      if (call.idempotencyKey === undefined || call.operation.priority === 'read') return next(call);
      const key = `${groupKey(call)}.${call.operation.name}/${call.idempotencyKey}`;
      const request = fingerprint(call.request);
      const known = remembered.get(key);
      if (known) {
        if (known.request !== request)
          return Promise.reject(new RpcError('conflict', 'this idempotency key was used for another request'));
        observe({ event: 'deduplicated', call });
        return known.reply;
      }
      // The first call runs to its end even when its caller leaves: a retry that needs its answer may already be on its
      // way.
      const reply = next(detached(call));
      remembered.set(key, { request, reply });
      reply.catch(() => {
        if (remembered.get(key)?.reply === reply) remembered.delete(key);
      });
      return reply;
    };
  };
}

function fingerprint(request: unknown): string {
  const text = canonicalJson(request);
  return `${text.length}/${hash32(text, 1)}/${hash32(text, 2)}`;
}
