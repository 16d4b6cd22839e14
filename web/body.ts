import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { RpcError } from '../shared/rpc/errors.ts';
import { schemaProblem } from '../shared/schema/problem.ts';

/** Checks a JSON body, and says in one sentence what is wrong and what is wanted instead. */
export const bodyCompiler: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const compiled = Compile(schema);
  return function validate(value: unknown) {
    if (compiled.Check(value)) return { value };
    const problem = schemaProblem(schema, value, 'body') ?? 'body: is not valid';
    return { error: new RpcError('bad_request', problem) };
  };
};
