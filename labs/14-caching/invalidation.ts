import Type from 'typebox';
import { contract, operation, type Operation } from '../../shared/rpc/contract.ts';
import { cache } from '../../shared/rpc/layers/sharing/cache.ts';

const Page = Type.Object({ page: Type.Integer() });
const { component, operations } = contract('pages', {
  read: operation({ summary: 'a page', request: Page, response: Type.Object({ version: Type.Integer() }) }),
  change: operation({ summary: 'writes a page', request: Page, response: Type.Object({}), priority: 'write' }),
});

/** One page changes before every request whose number is a multiple of this. */
const changeEvery = 50;
/** Only changes make an answer old. */
const noTime = { now: () => 0, wall: () => 0 };

interface Writes {
  readonly requests: number;
  readonly pages: number;
  readonly capacity: number;
  /** Whether a write removes the answers that the cache holds. */
  readonly invalidate: boolean;
  /** Picks the page that is asked for, or written. */
  readonly draw: () => number;
}

/**
 * The cache layer of the system in front of a modelled database whose pages change. Returns how many answers are older
 * than the last change of their page.
 */
export async function staleAnswers({ requests, pages, capacity, invalidate, draw }: Writes): Promise<number> {
  const versions = Array.from({ length: pages }, () => 0);
  const settings = { maxEntries: capacity, invalidate, operations: { [`${component}.read`]: { ttlMs: Infinity } } };
  const service = cache(settings, { clock: noTime, observe: () => undefined })(async (call) => {
    const { page } = call.request as { page: number };
    if (call.operation.name === operations.change.name) versions[page]!++;
    return { body: { version: versions[page] }, servedBy: ['database-1'] };
  });
  let calls = 0;
  const call = (called: Operation, page: number) =>
    service({
      component,
      operation: called,
      request: { page },
      requestId: String(++calls),
      trace: { traceId: '', spanId: '', sampled: false },
      deadlineAt: Infinity,
      signal: new AbortController().signal,
      attempt: 1,
      priority: called.priority,
    });
  let stale = 0;
  for (let i = 0; i < requests; i++) {
    if (i % changeEvery === 0) await call(operations.change, draw());
    const page = draw();
    const { body } = await call(operations.read, page);
    if ((body as { version: number }).version !== versions[page]) stale++;
  }
  return stale;
}
