import { loadError } from '../options/errors.ts';
import type { Request } from './request.ts';
import type { Workload } from './workload.ts';

/** The requests given, in order, over and over; worker i starts at the i-th, so that together they cover the list evenly. */
export function listWorkload(requests: readonly Request[], offset: number): Workload {
  let i = offset;
  return {
    known: () => requests.filter((request) => request.method === 'GET'),
    source: {
      kind: 'requests',
      next: () => requests[i++ % requests.length] as Request,
      wantsBody: () => false,
      learn: () => {},
    },
  };
}

/**
 * Reads a request list: one request per line, either a path ("/api/search?q=cat"), a method and a path ("DELETE /x"), or a JSON object
 * { method, target, headers, body, name, expect, schema }. Throws `bad_file` naming the line.
 */
export function parseRequestList(text: string): Request[] {
  const requests: Request[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const request = line.startsWith('{') ? requestOfJson(line) : requestOfLine(line);
    if (!request)
      throw loadError(
        'bad_file',
        `line ${i + 1} of the request list is not a request: "${line.slice(0, 60)}"; write a path, "METHOD path" or a JSON object with "target"`,
      );
    requests.push(request);
  }
  if (requests.length === 0) throw loadError('bad_file', 'the request list is empty');
  return requests;
}

/** A path that can stand in a request line: starts with "/", no spaces or control characters, ASCII. */
export function isTarget(text: string): boolean {
  return /^\/[!-~]*$/.test(text);
}

function requestOfLine(line: string): Request | undefined {
  const [, method = 'GET', target = ''] = /^(?:([A-Z]+) )?(\S+)$/.exec(line) ?? [];
  return isTarget(target) ? { method, target, name: nameOf(target) } : undefined;
}

function requestOfJson(line: string): Request | undefined {
  let value: Partial<Request>;
  try {
    value = JSON.parse(line) as Partial<Request>;
  } catch {
    return undefined;
  }
  const { method = 'GET', target, headers, body, name, expect, schema } = value;
  if (typeof target !== 'string' || !isTarget(target) || !/^[A-Z]+$/.test(method)) return undefined;
  return {
    method,
    target,
    name: name ?? nameOf(target),
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(expect ? { expect } : {}),
    ...(schema ? { schema } : {}),
  };
}

function nameOf(target: string): string {
  return target.split('?')[0] ?? target;
}
