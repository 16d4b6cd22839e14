import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { cutText } from '../shared/cut-text.ts';
import { RpcError } from '../shared/rpc/errors.ts';

interface ParameterSchema extends TSchema {
  readonly type?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly anyOf?: readonly { readonly const?: unknown }[];
}

/**
 * Checks query strings and path parameters, and says in one sentence which parameter is wrong and what it should be.
 * Strict: it refuses `page=1.5`, `page=`, `explain=maybe` and `q=a&q=b` instead of guessing.
 */
export const parameterCompiler: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const compiled = Compile(schema);
  const object = schema as TSchema & { properties?: Record<string, ParameterSchema>; additionalProperties?: boolean };
  const properties = object.properties ?? {};
  return function validate(given: unknown) {
    try {
      const value = read((given ?? {}) as Record<string, unknown>, properties, object.additionalProperties !== false);
      const missing = (object as { required?: readonly string[] }).required?.find((name) => value[name] === undefined);
      if (missing !== undefined) throw wrong(missing, 'is missing');
      if (compiled.Check(value)) return { value };
      const [first] = compiled.Errors(value);
      const name = first?.instancePath.split('/')[1] ?? '';
      throw wrong(name, describe(properties[name]));
    } catch (error) {
      return { error: error as Error };
    }
  };
};

/** Strings as the types of the schema; unknown parameters are dropped where `lenient`, else refused. */
function read(
  given: Record<string, unknown>,
  properties: Record<string, ParameterSchema>,
  lenient: boolean,
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (!lenient && !Object.hasOwn(properties, name)) {
      throw wrong(
        cutText(name, 40),
        `is not a parameter here; there are ${Object.keys(properties).join(', ') || 'none'}`,
      );
    }
  }
  for (const [name, schema] of Object.entries(properties)) {
    const text = Object.hasOwn(given, name) ? given[name] : undefined;
    if (Array.isArray(text)) throw wrong(name, 'is given more than once');
    if (text === undefined) {
      if (schema.default !== undefined) value[name] = schema.default;
    } else value[name] = convert(name, text as string, schema);
  }
  return value;
}

function convert(name: string, text: string, schema: ParameterSchema): unknown {
  if (schema.type === 'integer') {
    if (!/^-?\d{1,15}$/.test(text)) throw wrong(name, describe(schema));
    return Number(text);
  }
  if (schema.type === 'boolean') {
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    throw wrong(name, describe(schema));
  }
  return text;
}

/** The requirement on a parameter, as the end of a sentence that begins with its name. */
function describe(schema: ParameterSchema | undefined): string {
  if (schema?.type === 'integer')
    return `must be a whole number from ${schema.minimum ?? 0} to ${schema.maximum ?? 'any'}`;
  if (schema?.type === 'boolean') return 'must be true or false';
  if (schema?.anyOf) return `must be one of: ${schema.anyOf.map((option) => String(option.const)).join(', ')}`;
  if (schema?.maxLength !== undefined) return `must be no longer than ${schema.maxLength} characters`;
  return 'is not valid';
}

function wrong(name: string, what: string): RpcError {
  return new RpcError('bad_request', `${name}: ${what}`);
}
