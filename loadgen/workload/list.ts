import { loadError } from '../options/errors.ts';
import { requestProblem } from './request-check.ts';
import type { Request } from './request.ts';
import type { Workload } from './workload.ts';
import { parseWrittenJson } from '../../shared/schema/written-json.ts';

/**
 * The given requests, in order, over and over. Worker i starts at the i-th, so that the workers together use all
 * requests equally.
 */
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
 * Reads a request list: one request per line. A line is a path ("/api/search?q=cat"), a method and a path ("DELETE
 * /x"), or a JSON object { method, target, headers, body, name, expect, schema }. Throws `bad_file` with the line
 * number and the reason. The error does not contain the line's text, because this may hold a secret.
 */
export function parseRequestList(text: string): Request[] {
  const requests: Request[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const request = line.startsWith('{') ? requestOfJson(line) : requestOfLine(line);
    const problem = typeof request === 'string' ? request : requestProblem(request);
    if (problem !== undefined)
      throw loadError('bad_file', `line ${i + 1} of the request list cannot be sent: ${problem}`);
    requests.push(request as Request);
  }
  if (requests.length === 0) throw loadError('bad_file', 'the request list is empty');
  return requests;
}

/** The request, not checked yet, or the reason why there is none. */
function requestOfLine(line: string): Request | string {
  const match = /^(?:([A-Z]+) )?(\/\S*)$/.exec(line);
  if (!match) return 'write a path, "METHOD path" or a JSON object with "target"';
  const [, method = 'GET', target = ''] = match;
  return { method, target, name: nameOf(target) };
}

function requestOfJson(line: string): Request | string {
  let value: Partial<Request>;
  try {
    value = parseWrittenJson(line) as Partial<Request>;
  } catch (error) {
    // The caller names the line in the list.
    return (error as Error).message.replace(/^line 1: /, '');
  }
  const { method = 'GET', target, headers, body, name, expect, schema } = value;
  if (typeof target !== 'string') return 'it has no "target"';
  return {
    method,
    target,
    name: name ?? nameOf(target),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(expect === undefined ? {} : { expect }),
    ...(schema === undefined ? {} : { schema }),
  };
}

function nameOf(target: string): string {
  return target.split('?')[0] ?? target;
}
