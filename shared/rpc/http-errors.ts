import type { FastifyError } from 'fastify';
import { asRpcError, RpcError } from './errors.ts';

/**
 * Maps every exception of a public request to an error with one of our codes. It replaces the messages of Fastify's own
 * errors, because they describe Fastify's internals. An unknown exception becomes `internal`, whose text stays in the
 * log.
 */
export function fromThrown(thrown: unknown): RpcError {
  if (thrown instanceof RpcError) return thrown;
  const { code, statusCode } = (thrown ?? {}) as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new RpcError('too_large', 'the body is larger than this server accepts');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new RpcError('unsupported_media_type', 'the body must be application/json');
  if (
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ||
    thrown instanceof SyntaxError
  )
    return new RpcError('bad_request', 'the body is not valid JSON');
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new RpcError('bad_request', 'the body is not as long as content-length says');
  if (statusCode === 413) return new RpcError('too_large', 'the request is larger than this server accepts');
  if (statusCode === 415) return new RpcError('unsupported_media_type', 'this media type is not supported here');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new RpcError('bad_request', 'the request is not valid');
  return asRpcError(thrown);
}

/** Maps an error of Node.js's HTTP parser (`clientError` event). */
export function fromParser(error: NodeJS.ErrnoException): RpcError {
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return new RpcError('header_too_large', 'the address and headers together are too long');
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new RpcError('bad_request', 'the request took too long to arrive');
  return new RpcError('bad_request', 'this is not an HTTP request that can be read');
}

/** True for a path that percent-decoding cannot read, such as `/page/%ZZ`. */
export function isMalformed(url: string): boolean {
  const path = url.split('?', 1)[0]!;
  if (!path.includes('%')) return false;
  try {
    decodeURI(path);
    return false;
  } catch {
    return true;
  }
}
