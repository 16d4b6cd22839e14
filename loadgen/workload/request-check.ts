import { schemaNames } from '../verify/schema-names.ts';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * The generator writes these headers itself. With a second copy, the server would read another request than the user
 * meant.
 */
const ownHeaders = new Set(['content-length', 'transfer-encoding']);

/**
 * Why a header cannot be sent; undefined when it can. `-H`, request lists and scenarios share this check. The text
 * contains neither the value nor an invalid name, because both may be secrets. A value is Latin-1 without control
 * characters (RFC 9110, 5.5). Other characters would not arrive unchanged, and a line break would start another header.
 */
export function headerProblem(name: string, value: unknown): string | undefined {
  if (!token.test(name)) return 'the name of a header may only have letters, digits and signs such as "-"';
  if (ownHeaders.has(name.toLowerCase())) return `the header ${name} is set by the generator itself`;
  if (typeof value !== 'string') return `the value of the header ${name} is not a text`;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/.test(value))
    return `the value of the header ${name} holds a control character`;
  if (/[\u0100-\uffff]/.test(value))
    return `the value of the header ${name} holds a character outside of Latin-1, which HTTP cannot carry: encode it`;
  return undefined;
}

/** The value without the spaces and tabs around it (the optional white space of RFC 9110, 5.6.3). */
export function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** A path that can stand in a request line: starts with "/", no spaces or control characters, ASCII. */
export function isTarget(text: string): boolean {
  return /^\/[!-~]*$/.test(text);
}

export function isMethod(text: string): boolean {
  return /^[A-Z]+$/.test(text) && text !== 'CONNECT';
}

/** Why a request of a list or a scenario cannot be sent; undefined when it can. */
export function requestProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object';
  const { method, target, headers, body, name, expect, schema, key } = value as Record<string, unknown>;
  if (typeof method !== 'string' || !isMethod(method)) return 'its method is not an HTTP method in capital letters';
  if (typeof target !== 'string' || !isTarget(target))
    return 'its target is not a percent-encoded path that begins with "/"';
  if (typeof name !== 'string' || name === '') return 'its name is not a text';
  if (body !== undefined && typeof body !== 'string') return 'its body is not a text';
  if (expect !== undefined && !(Array.isArray(expect) && expect.every(isStatus)))
    return '"expect" is not a list of statuses such as [200, 404]';
  if (schema !== undefined && !schemaNames.some((known) => known === schema))
    return `there is no schema ${JSON.stringify(schema)}: choose ${schemaNames.join(', ')}`;
  if (key !== undefined && key !== null && typeof key !== 'string') return 'its key is neither a text nor null';
  return headers === undefined ? undefined : headersProblem(headers);
}

function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 999;
}

function headersProblem(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    return 'its headers are not an object of names and texts';
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value);
    if (problem !== undefined) return problem;
    if (seen.has(name.toLowerCase())) return `it has the header ${name} twice`;
    seen.add(name.toLowerCase());
  }
  return undefined;
}
