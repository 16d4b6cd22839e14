import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { RpcError } from '../rpc/errors.ts';
import { schemaProblem } from '../schema/problem.ts';

const compiled = new WeakMap<TSchema, ReturnType<typeof Compile>>();

/**
 * `value` with the schema's defaults filled in; the caller's object stays as it is. Throws `bad_request` with a
 * sentence that names the first wrong field of `what` and the values that are allowed there.
 */
export function checked<S extends TSchema>(schema: S, value: unknown, what: string): Static<S> {
  const check = compiled.getOrInsertComputed(schema, Compile);
  const filled = Value.Default(schema, structuredClone(value));
  if (check.Check(filled)) return filled as Static<S>;
  throw new RpcError('bad_request', `${what} ${schemaProblem(schema, filled) ?? 'does not fit its schema'}`);
}
