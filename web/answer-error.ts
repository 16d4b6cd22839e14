import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes, type ErrorCode, type RpcError, toProblem } from '../shared/rpc/errors.ts';
import { failurePage, type PageFailure } from './failure-page.ts';
import type { AssetUrls } from './layout.ts';

/**
 * Answers an error: as problem+json (RFC 9457), or as a page where a person with a browser asked for a page.
 * A stack trace reaches neither.
 */
export function answerError(
  error: RpcError,
  requestId: string,
  request: FastifyRequest,
  reply: FastifyReply,
  assets: AssetUrls,
): FastifyReply {
  void reply.code(error.status).header('cache-control', 'no-store');
  if (error.retryAfterMs !== undefined)
    void reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
  if (!wantsPage(request.url, request.headers.accept))
    return reply
      .type('application/problem+json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(toProblem(error, requestId));
  return reply.type('text/html; charset=utf-8').send(failurePage(failureOf(error, requestId, request), assets));
}

/** Pages are for requests with `Accept: text/html` outside of the API; the API always answers JSON. */
function wantsPage(url: string, accept: string | undefined): boolean {
  return !/^\/(api\/|suggest\b|openapi\.json)/.test(url) && accept !== undefined && /\btext\/html\b/i.test(accept);
}

/** A temporary error: the same request may succeed in a moment. */
const isPassing = (code: ErrorCode): boolean => errorCodes[code].cure !== 'nothing' && code !== 'internal';

function failureOf(error: RpcError, requestId: string, request: FastifyRequest): PageFailure {
  const { q } = (request.query ?? {}) as { q?: unknown };
  const common = { status: error.status, requestId, q: typeof q === 'string' ? q : undefined };
  if (error.code === 'not_found') return { ...common, title: 'There is no such page', detail: sentence(error.message) };
  if (!isPassing(error.code))
    return { ...common, title: errorCodes[error.code].title, detail: sentence(error.message) };
  return {
    ...common,
    title: error.code === 'deadline_exceeded' ? 'The answer took too long' : 'The search cannot be answered now',
    detail: `A tier behind this page is down or too slow: ${error.message}. Trying again in a moment often helps.`,
    // Only a path of our own: `//host` would lead elsewhere.
    retryUrl: request.method === 'GET' && /^\/(?![/\\])/.test(request.url) ? request.url : undefined,
  };
}

function sentence(text: string): string {
  return text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
