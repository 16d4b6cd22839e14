import { jsonError } from './json-error.ts';
import { jsonLines, repeatedInWords } from './json-lines.ts';

/**
 * Parses JSON that a person wrote. JSON.parse keeps the last of two fields with one name, and says nothing; what other
 * programs do is unpredictable (RFC 8259, section 4). Throws an Error that names the line.
 */
export function parseWrittenJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(jsonError(text));
  }
  const [twice] = repeatedInWords(jsonLines(text));
  if (twice !== undefined) throw new Error(twice);
  return value;
}
