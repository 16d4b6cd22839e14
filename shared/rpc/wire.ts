import type { IncomingHttpHeaders } from 'node:http';
import type { Call } from './call.ts';
import type { Priority } from './context.ts';
import { Value } from 'typebox/value';
import { Receipt } from '../security/receipts.ts';
import { RpcError } from './errors.ts';
import { formatTraceparent } from './trace-context.ts';

/**
 * The wire format: POST /rpc/<component>/<operation>, JSON both ways. Requests with an Origin are refused, because web
 * pages may not call nodes. Everything besides the payload is in headers:
 *
 *   traceparent       W3C trace context
 *   x-deadline-ms     how long the caller still waits, relative: clocks of two machines are never compared
 *   x-request-id      one id for all calls of one user request
 *   x-attempt         1 for the first try, and where it is absent
 *   x-priority        health | read | write | background; absent: the operation's own
 *   x-shard           which shard is meant
 *   x-caller          the node that calls
 *   idempotency-key   the write happens once per key
 *   x-receipt         the caller's nonce: the reply is to be signed; (reply) the receipt, base64url JSON
 *   x-served-by       (reply) the nodes that took part
 *   x-stale-ms        (reply) the age of the oldest stale answer in it; absent: all of it is current
 */
export const rpcPrefix = '/rpc/';

/** The longest deadline: one hour. A longer one is a mistake. */
const maxDeadlineMs = 3_600_000;
const priorities: readonly string[] = ['health', 'read', 'write', 'background'] satisfies Priority[];

/** A call as its server reads it, before the operation is looked up. */
export interface CallHeaders {
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
  readonly remainingMs: number;
  readonly attempt: number;
  readonly priority: Priority | undefined;
  readonly shard: number | undefined;
  readonly caller: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly nonce: string | undefined;
}

export function encodeHeaders(call: Call, caller: string, now: number): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    traceparent: formatTraceparent(call.trace),
    'x-request-id': call.requestId,
    'x-caller': caller,
  };
  if (call.attempt !== 1) headers['x-attempt'] = String(call.attempt);
  if (call.priority !== call.operation.priority) headers['x-priority'] = call.priority;
  // Rounded up: if the callee gave up before the caller, the caller would not know why.
  if (call.deadlineAt !== Infinity) headers['x-deadline-ms'] = String(Math.max(0, Math.ceil(call.deadlineAt - now)));
  if (call.shard !== undefined) headers['x-shard'] = String(call.shard);
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
  if (call.nonce !== undefined) headers['x-receipt'] = call.nonce;
  return headers;
}

/** Throws `bad_request` naming the header that is wrong. */
export function decodeHeaders(headers: IncomingHttpHeaders): CallHeaders {
  const priority = single(headers['x-priority']);
  if (priority !== undefined && !priorities.includes(priority))
    throw new RpcError('bad_request', 'x-priority is not known');
  const idempotencyKey = single(headers['idempotency-key']);
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,128}$/.test(idempotencyKey))
    throw new RpcError('bad_request', 'idempotency-key must be 1 to 128 visible characters');
  return {
    requestId: safeId(single(headers['x-request-id'])),
    traceparent: single(headers.traceparent),
    remainingMs: wholeNumber(headers['x-deadline-ms'], 'x-deadline-ms', 0, maxDeadlineMs) ?? Infinity,
    attempt: wholeNumber(headers['x-attempt'], 'x-attempt', 1, 1_000) ?? 1,
    priority: priority as Priority | undefined,
    shard: wholeNumber(headers['x-shard'], 'x-shard', 1, 1_024),
    caller: safeId(single(headers['x-caller'])),
    idempotencyKey,
    nonce: safeId(single(headers['x-receipt'])),
  };
}

export const encodeReceipt = (receipt: Receipt): string => Buffer.from(JSON.stringify(receipt)).toString('base64url');

/** Returns undefined for a malformed receipt. The content is not trusted before its signature is verified. */
export function decodeReceipt(header: string | string[] | undefined): Receipt | undefined {
  if (typeof header !== 'string') return undefined;
  try {
    const receipt: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
    return Value.Check(Receipt, receipt) ? receipt : undefined;
  } catch {
    return undefined;
  }
}

/** Request ids get into logs and headers, so an id with other characters is dropped. */
export const requestIdPattern = '^[A-Za-z0-9._:-]{1,64}$';
const requestId = new RegExp(requestIdPattern);

export function safeId(value: string | undefined): string | undefined {
  return value !== undefined && requestId.test(value) ? value : undefined;
}

/** Undefined for a header that is absent or malformed. */
export function decodeStaleMs(header: string | string[] | undefined): number | undefined {
  const text = single(header);
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** The value of a header that a request must send at most once. */
export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function wholeNumber(value: string | string[] | undefined, name: string, min: number, max: number): number | undefined {
  const text = single(value);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d{1,10}$/.test(text) || number < min || number > max)
    throw new RpcError('bad_request', `${name} must be a whole number from ${min} to ${max}`);
  return number;
}
