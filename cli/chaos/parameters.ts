import { Option, type Command } from 'commander';
import { parseDuration } from '../../loadgen/options/quantities.ts';
import type { FaultKind } from '../../shared/faults/fault.ts';
import { UsageError } from '../errors.ts';

/** The part of a JSON schema that a flag is made from. */
interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly items?: Property;
  readonly minimum?: number;
  readonly maximum?: number;
}

const propertiesOf = (kind: FaultKind): [string, Property][] =>
  Object.entries((kind.params as unknown as { properties: Record<string, Property> }).properties);

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A flag for each parameter of the kind, from its own schema: `meanMs` becomes `--mean-ms <number>`. */
export function addParameterOptions(command: Command, kind: FaultKind): void {
  for (const [name, property] of propertiesOf(kind)) {
    const flag = property.type === 'boolean' ? `--${kebab(name)}` : `--${kebab(name)} <${placeholder(property)}>`;
    const option = new Option(flag, describe(property));
    if (property.enum) option.choices(property.enum.map(String));
    command.addOption(option);
  }
}

function placeholder({ type, enum: choices, items }: Property): string {
  if (choices) return 'choice';
  if (type === 'array') return items?.type === 'array' ? 'a,b|c,d' : 'a,b,c';
  return type === 'string' ? 'text' : 'number';
}

function describe({ description, default: fallback, minimum, maximum, type }: Property): string {
  const bounds = minimum === undefined || maximum === undefined ? '' : `${minimum} to ${maximum}`;
  const known = fallback === undefined || type === 'array' ? '' : `default ${JSON.stringify(fallback)}`;
  const range = [bounds, known].filter(Boolean).join(', ');
  return [description, range && `(${range})`].filter(Boolean).join(' ');
}

/** The sentence with each parameter's name as its flag: `meanMs` becomes `--mean-ms`. */
export function asFlags(kind: FaultKind, sentence: string): string {
  return propertiesOf(kind).reduce(
    (text, [name]) => text.replaceAll(new RegExp(`(?<![\\w"-])${name}(?!\\w)(?=[:. ])`, 'g'), `--${kebab(name)}`),
    sentence,
  );
}

/** Values for an example, if the schema has no default, or if one of several parameters is needed. */
const exampleValues: Readonly<Record<string, string>> = {
  'limp.latency --mean-ms': '400',
  'limp.bandwidth --bytes-per-second': '20000',
  'limp.intermittent --on-ms': '2000',
  'limp.intermittent --off-ms': '2000',
  'net.partition --groups': '"ranking-1,ranking-2|ranking-3"',
  'byz.forge --as': 'ranking-1',
  'clock.skew --offset-ms': '60000',
};

/** The arguments of a command that injects this kind, with every required parameter. */
export function exampleCommandOf(kind: FaultKind): string {
  const required: readonly string[] = (kind.params as { required?: string[] }).required ?? [];
  const flags = propertiesOf(kind).flatMap(([name, property]) => {
    const flag = `--${kebab(name)}`;
    const value = exampleValues[`${kind.kind} ${flag}`];
    if (value !== undefined) return [`${flag} ${value}`];
    if (!required.includes(name) || property.default !== undefined) return [];
    return [`${flag} ${flag.endsWith('-ms') ? 400 : (property.minimum ?? 1)}`];
  });
  const target = kind.nodes === undefined ? ['--target ranking-2'] : [];
  return ['chaos inject', kind.kind, ...target, ...flags, '--ttl 30s'].join(' ');
}

/** The parameters that were given, as JSON values. Whether they fit the kind is checked afterwards. */
export function parametersOf(kind: FaultKind, flags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = propertiesOf(kind).filter(([name]) => flags[name] !== undefined);
  return Object.fromEntries(
    given.map(([name, property]) => [name, valueOf(`--${kebab(name)}`, property, flags[name])]),
  );
}

function valueOf(flag: string, { type, items }: Property, given: unknown): unknown {
  if (type === 'boolean') return given === true;
  const text = String(given);
  const list = (part: string) => part.split(',').map((word) => word.trim());
  if (type === 'array') return items?.type === 'array' ? text.split('|').map(list) : list(text);
  if (type !== 'number' && type !== 'integer') return text;
  return flag.endsWith('-ms') ? millisecondsOf(flag, text) : numberOf(flag, text);
}

/** 400ms and 2s are as good as a number of milliseconds. Throws UsageError. */
export function millisecondsOf(flag: string, text: string): number {
  return /[a-z]$/.test(text) ? durationOf(flag, text) : numberOf(flag, text);
}

/** Throws UsageError. */
export function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new UsageError(`${flag}: a number is wanted, not "${text}"`);
  return value;
}

/** "30s", "400ms", "2m": as ms. Throws UsageError. */
export function durationOf(flag: string, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new UsageError(`${flag}: ${(error as Error).message}`);
  }
}
