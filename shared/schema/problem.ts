import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { exampleValueOf, schemaInWords, shown, type Schema } from './schema-words.ts';

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
}

/**
 * The first problem of `value`, as a sentence: its place, what is wanted there, an example, and what is there instead.
 * Undefined where the value fits the schema. `at` is the name of the value. With the name `policy`, the place is, for
 * example, `policy.retry.maxAttempts`.
 */
export function schemaProblem(schema: TSchema, value: unknown, at = ''): string | undefined {
  return schemaProblems(schema, value, at)[0]?.sentence;
}

/** A wrong place of a value: its path, such as `nodes.2.replicas`, and what is wrong there. */
export interface SchemaProblem {
  readonly path: string;
  readonly sentence: string;
}

/** As `schemaProblem`, for every wrong place; at most five. */
export function schemaProblems(schema: TSchema, value: unknown, at = ''): readonly SchemaProblem[] {
  const errors = Value.Errors(schema, value) as readonly SchemaError[];
  const problems = new Map<string, SchemaProblem>();
  for (const error of inOneBranch(errors)) {
    const text = sentence(schema, value, error, errors, at);
    if (!problems.has(text)) problems.set(text, { path: stepsOf(error.instancePath).join('.'), sentence: text });
  }
  return [...problems.values()].slice(0, 5);
}

/**
 * A value that fits no schema of a union has errors for each of the schemas. If some of these errors lie deeper in the
 * value, the value was meant for the schemas of these errors. The errors about the value as a whole are left out.
 */
function inOneBranch(errors: readonly SchemaError[]): readonly SchemaError[] {
  const unions = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath));
  return errors.filter(({ instancePath, keyword }) => {
    // Each unknown field also has an error of its own.
    if (keyword === 'additionalProperties') return false;
    const isDeeper = (other: SchemaError): boolean => other.instancePath.startsWith(`${instancePath}/`);
    return !unions.has(instancePath) || !errors.some(isDeeper);
  });
}

function sentence(
  schema: TSchema,
  value: unknown,
  error: SchemaError,
  all: readonly SchemaError[],
  at: string,
): string {
  const steps = stepsOf(error.instancePath);
  const union = all.find(({ keyword, instancePath }) => keyword === 'anyOf' && instancePath === error.instancePath);
  const place = schemaAt(schema, (union ?? error).schemaPath);
  if (error.keyword === 'boolean') return unknownField(schemaAt(schema, parentOf(error.schemaPath)), steps, at);
  if (error.keyword === 'required') {
    const [missing] = (error.params as { requiredProperties: readonly string[] }).requiredProperties;
    const wanted = place.properties?.[missing!] ?? {};
    return `${nameOf([...steps, missing!], at)} is missing: ${schemaInWords(wanted)} is wanted${example(wanted)}`;
  }
  return `${nameOf(steps, at)}: ${schemaInWords(place)} is wanted${example(place)}, not ${shown(valueAt(value, steps))}`;
}

function unknownField(parent: Schema, steps: readonly string[], at: string): string {
  const known = Object.keys(parent.properties ?? {});
  const there = known.length === 0 ? 'nothing can be set here' : `there are ${known.join(', ')}`;
  return `${nameOf(steps, at)}: there is no such field; ${there}${known.length === 0 ? '' : example(parent)}`;
}

function example(schema: Schema): string {
  const one = exampleValueOf(schema);
  return one === undefined ? '' : `, such as ${JSON.stringify(one)}`;
}

const nameOf = (steps: readonly string[], at: string): string =>
  [...(at === '' ? [] : [at]), ...steps].join('.') || 'the value';

const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const parentOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'));

function schemaAt(schema: TSchema, pointer: string): Schema {
  return valueAt(schema, stepsOf(pointer)) ?? {};
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce((it, step) => (it as Record<string, unknown> | undefined)?.[step], value);
}
