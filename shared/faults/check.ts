import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { RpcError } from '../rpc/errors.ts';

const compiled = new WeakMap<TSchema, ReturnType<typeof Compile>>();

/**
 * `value` with the schema's defaults filled in; the caller's object stays as it is. Throws `bad_request` with a sentence
 * that names the first wrong field of `what`, and the values that are allowed where there is a fixed choice.
 */
export function checked<S extends TSchema>(schema: S, value: unknown, what: string): Static<S> {
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = Compile(schema)));
  const filled = Value.Default(schema, structuredClone(value));
  if (check.Check(filled)) return filled as Static<S>;
  const [first] = check.Errors(filled);
  const field = first?.instancePath.replace(/^\//, '').replaceAll('/', '.') ?? '';
  const choices = (first?.params as { allowedValues?: unknown[] } | undefined)?.allowedValues;
  const detail = choices ? `must be one of ${choices.join(', ')}` : sentence(first?.keyword, first?.message);
  throw new RpcError('bad_request', `${what}: ${field === '' ? '' : `${field} `}${detail}`);
}

function sentence(keyword: string | undefined, message: string | undefined): string {
  if (keyword === 'boolean') return 'is not a known field';
  return message ?? 'does not fit the schema';
}
