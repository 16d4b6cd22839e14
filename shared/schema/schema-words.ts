/** The part of JSON Schema that this project uses. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Patterns that several schemas share: what fits them, and an example. */
const patterns: Readonly<Record<string, { readonly words: string; readonly example: string }>> = {
  '^[a-z][a-z0-9-]{0,40}$': {
    words: 'a name that begins with a small letter and has only small letters, digits and hyphens',
    example: 'ranking',
  },
  '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$': {
    words: 'a name of at most 64 letters, digits, dots, hyphens, colons and underscores',
    example: 'ranking-2',
  },
  '^[A-Za-z0-9._~-]{1,128}$': {
    words: 'a page id of at most 128 letters, digits, dots, underscores, tildes and hyphens',
    example: 'n02086723',
  },
  '^[a-z]+([.][a-z]+)?$': { words: 'a kind of fault', example: 'limp.latency' },
  '^[a-z][A-Za-z0-9-]*([.][A-Za-z0-9-]+)?$': {
    words: 'the name of an operation, with or without its component',
    example: 'ranking.rank',
  },
  '^[A-Za-z0-9.:-]{1,253}$': { words: 'a host name or an address', example: '127.0.0.1' },
};

/** What fits the schema, for a sentence such as "retry.maxAttempts: a whole number from 1 to 10 is wanted". */
export function schemaInWords(schema: Schema): string {
  if (schema.anyOf?.every((it) => it.const !== undefined)) return oneOf(schema.anyOf.map((it) => it.const));
  if (schema.anyOf) return [...new Set(schema.anyOf.map(schemaInWords))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return oneOf(schema.enum);
  switch (schema.type ?? '') {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'string':
      return text(schema);
    case 'array':
      return list(schema);
    case 'object':
      return 'an object';
    default:
      return 'another value';
  }
}

const oneOf = (choices: readonly unknown[]): string =>
  `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`;

function range({ minimum, exclusiveMinimum, maximum = Number.MAX_SAFE_INTEGER }: Schema): string {
  const below = maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${below === undefined ? '' : `, up to ${below}`}`;
  if (minimum === undefined) return below === undefined ? '' : ` up to ${below}`;
  return below === undefined ? ` from ${minimum} up` : ` from ${minimum} to ${below}`;
}

function text({ pattern, minLength = 0, maxLength }: Schema): string {
  if (pattern !== undefined) return patterns[pattern]?.words ?? `text of the form ${pattern}`;
  if (maxLength !== undefined) return `text of ${minLength} to ${maxLength} characters`;
  return minLength > 0 ? 'text that is not empty' : 'text';
}

function list({ items = {}, minItems = 0, maxItems }: Schema): string {
  const bounds = [
    ...(minItems === 0 ? [] : [`at least ${minItems}`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems}`]),
  ];
  return `a list (${[...bounds, `each item ${schemaInWords(items)}`].join(', ')})`;
}

/** An example that fits the schema; undefined where none is known. */
export function exampleValueOf(schema: Schema): unknown {
  if (schema.examples) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.anyOf) return schema.anyOf.map(exampleValueOf).find((it) => it !== undefined);
  switch (schema.type ?? '') {
    case 'string':
      return schema.pattern === undefined ? undefined : patterns[schema.pattern]?.example;
    case 'array': {
      const item = exampleValueOf(schema.items ?? {});
      return item === undefined ? undefined : [item];
    }
    case 'object':
      return exampleObject(schema);
    default:
      return undefined;
  }
}

/** The required fields, or else the first field that has an example. */
function exampleObject({ properties = {}, required = [] }: Schema): object | undefined {
  const names = required.length > 0 ? required : Object.keys(properties);
  const known = names.flatMap((name) => {
    const one = firstValue(properties[name] ?? {});
    return one === undefined ? [] : [[name, one] as const];
  });
  if (required.length > 0 && known.length < required.length) return undefined;
  const chosen = required.length > 0 ? known : known.slice(0, 1);
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen);
}

/** As `exampleValueOf`, but any choice or number will do, because an object needs its fields. */
function firstValue(schema: Schema): unknown {
  const { const: only, enum: choices, type, minimum, exclusiveMinimum } = schema;
  const known = exampleValueOf(schema) ?? only ?? choices?.[0];
  if (known !== undefined) return known;
  if (type === 'integer' || type === 'number') return minimum ?? (exclusiveMinimum ?? 0) + 1;
  if (type === 'boolean') return true;
  return type === 'string' ? 'text' : undefined;
}

const widest = 60;

/** A value as JSON, cut where it is long. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > widest ? `${json.slice(0, widest - 1)}…` : json;
}
