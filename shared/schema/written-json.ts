import { jsonError } from './json-error.ts';
import { jsonLines, repeatedInWords } from './json-lines.ts';

/** Parses JSON that a person wrote. Throws an Error that names the line. */
export function parseWrittenJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(jsonError(text));
  }
  const twice = repeatedField(text);
  if (twice !== undefined) throw new Error(twice);
  return value;
}

/**
 * A sentence about the first field that an object has twice; undefined if no object has. JSON.parse keeps the last
 * one, and says nothing; what other programs do is unpredictable (RFC 8259, section 4). The text must be valid JSON.
 */
export const repeatedField = (text: string): string | undefined => repeatedInWords(jsonLines(text))[0];
