import type { Operation } from '../rpc/contract.ts';

type Path = readonly (string | number)[];
interface Leaf {
  readonly path: Path;
  readonly value: string | number | boolean;
}

/** Every string, number and boolean of a JSON value, with its path. */
function leaves(value: unknown, path: Path = []): Leaf[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((item, i) => leaves(item, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

/** A copy of `value` that differs at `path` only; the original stays as it is. */
export function replaceAt(value: unknown, path: Path, replacement: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item, i) => (i === head ? replaceAt(item, rest, replacement) : item) as unknown);
  const record = value as Record<string, unknown>;
  return { ...record, [head]: replaceAt(record[head], rest, replacement) };
}

/** Wrong, but of the same type: candidates from the most to the least plausible. */
function plausible(value: Leaf['value']): readonly Leaf['value'][] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return Number.isInteger(value) ? [value + 1, value - 1] : [value * 1.5, value / 2];
  return [turned(value), `${value}x`, value.slice(1)].filter((text) => text !== value);
}

/** The text with its two halves exchanged. It has the same length and characters, so no simple check detects it. */
function turned(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(middle) + text.slice(0, middle);
}

/** Values of other types. */
function absurd(value: Leaf['value']): readonly unknown[] {
  return typeof value === 'string' ? [value.length, null] : [String(value), null];
}

const fits = (operation: Operation, body: unknown): boolean => {
  try {
    operation.checkResponse(body);
    return true;
  } catch {
    return false;
  }
};

/**
 * `body` with one leaf changed: `semantic` = wrong and valid by the operation's own schema; `syntactic` = not valid.
 * `field` limits it to leaves under a member of that name. `pick` in [0, 1) chooses the first leaf to try. Undefined
 * when no such lie exists: the body has no leaf, or the schema allows no other value.
 */
export function lie(
  body: unknown,
  operation: Operation,
  how: 'semantic' | 'syntactic',
  pick: number,
  field?: string,
): unknown {
  const all = leaves(body);
  const places = field === undefined ? all : all.filter(({ path }) => path.includes(field));
  const first = Math.floor(pick * places.length);
  for (let i = 0; i < places.length; i++) {
    const { path, value } = places[(first + i) % places.length]!;
    for (const other of how === 'semantic' ? plausible(value) : absurd(value)) {
      const changed = replaceAt(body, path, other);
      if (fits(operation, changed) === (how === 'semantic')) return changed;
    }
  }
  return undefined;
}

/** The first array of objects with an `id`: the ordered result, wherever it is in the reply. */
export function findList(body: unknown, path: Path = []): { path: Path; items: { id: string }[] } | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  if (Array.isArray(body) && body.length > 0 && body.every(hasId)) return { path, items: body };
  for (const [key, value] of Object.entries(body)) {
    const found = findList(value, [...path, Array.isArray(body) ? Number(key) : key]);
    if (found) return found;
  }
  return undefined;
}

function hasId(item: unknown): item is { id: string } {
  return typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string';
}
