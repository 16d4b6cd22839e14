import Type from 'typebox';
import type { Call, Endpoint, Service } from '../../shared/rpc/call.ts';
import { contract, operation, type Operation } from '../../shared/rpc/contract.ts';
import { cache } from '../../shared/rpc/layers/sharing/cache.ts';
import type { Clock } from '../../shared/time/clock.ts';

const Page = Type.Object({ page: Type.Integer({ minimum: 0 }) });
/** A store whose pages change. The search engine has no such store. */
export const pageStore = contract('pages', {
  read: operation({ summary: 'a page', request: Page, response: Type.Object({ version: Type.Integer() }) }),
  change: operation({ summary: 'writes a page', request: Page, response: Type.Object({}), priority: 'write' }),
});
const { component, operations } = pageStore;

export function createPageHandlers() {
  const versions = new Map<number, number>();
  return {
    read: async ({ page }: { page: number }) => ({ version: versions.get(page) ?? 0 }),
    async change({ page }: { page: number }) {
      versions.set(page, (versions.get(page) ?? 0) + 1);
      return {};
    },
  };
}

/** The store in this process, for virtual time. */
export function modelledStore(): Service {
  const handlers = createPageHandlers();
  return async ({ operation: { name }, request }: Call) => ({
    body: await handlers[name as keyof typeof handlers](request as { page: number }),
    servedBy: ['pages-1'],
  });
}

/** One page changes before every request whose number is a multiple of this. */
const changeEvery = 50;
const patienceMs = 10_000;

interface Writes {
  readonly store: Service;
  readonly endpoint?: Endpoint;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly requests: number;
  readonly capacity: number;
  /** Whether a write removes the answers that the cache holds. */
  readonly invalidate: boolean;
  /** Picks the page that is asked for, or written. */
  readonly draw: () => number;
}

/**
 * The cache layer of the system in front of a fresh `store`. Returns how many answers are older than the last change of
 * their page. All changes pass through this cache, one call at a time.
 */
export async function staleAnswers({
  store,
  endpoint,
  clock,
  signal = new AbortController().signal,
  requests,
  capacity,
  invalidate,
  draw,
}: Writes): Promise<number> {
  const settings = { maxEntries: capacity, invalidate, operations: { [`${component}.read`]: { ttlMs: Infinity } } };
  const service = cache(settings, { clock, observe: () => undefined })(store);
  let calls = 0;
  const call = (called: Operation, page: number) =>
    service({
      component,
      operation: called,
      request: { page },
      requestId: `lab-14-${++calls}`,
      trace: { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', sampled: false },
      deadlineAt: clock.now() + patienceMs,
      signal,
      attempt: 1,
      priority: called.priority,
      ...(endpoint && { endpoint }),
    });
  const changes = new Map<number, number>();
  let stale = 0;
  for (let i = 0; i < requests; i++) {
    if (i % changeEvery === 0) {
      const changed = draw();
      await call(operations.change, changed);
      changes.set(changed, (changes.get(changed) ?? 0) + 1);
    }
    const page = draw();
    const { body } = await call(operations.read, page);
    if ((body as { version: number }).version !== (changes.get(page) ?? 0)) stale++;
  }
  return stale;
}
