import { LRUCache } from 'lru-cache';
import Type, { type Static } from 'typebox';
import { hash32 } from '../../time/random.ts';
import type { Layer, Reply } from '../call.ts';
import { RpcError } from '../errors.ts';
import { groupKey } from '../group-key.ts';
import { canonicalJson } from '../../security/canonical-json.ts';
import type { Observe } from './events.ts';

export const DedupeSettings = Type.Object(
  {
    maxKeys: Type.Integer({
      default: 10_000,
      minimum: 1,
      description: 'newest keys that are remembered; longer than any caller goes on retrying',
    }),
  },
  { additionalProperties: false },
);
export type DedupeSettings = Static<typeof DedupeSettings>;

interface Remembered {
  /** Fingerprint: requests can be large, and only a mistake of the caller makes them differ. */
  readonly request: string;
  readonly reply: Promise<Reply>;
}

/**
 * Server side: a call with an idempotency key happens once, however often it arrives: later ones get the first one's
 * answer, also while it is under way. A failure is forgotten, so that a retry may succeed. The same key with another
 * request is `conflict`. This is the memory of one process: what must happen once across restarts and replicas carries
 * its key down into the database's log.
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
      // It runs to its end though its first caller may leave: the retry, whose answer this is, may be on its way
      // already.
      const reply = next({ ...call, signal: new AbortController().signal });
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
