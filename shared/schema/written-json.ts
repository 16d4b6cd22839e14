import { jsonError } from './json-error.ts';
import { repeatedField } from './repeated-fields.ts';

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
