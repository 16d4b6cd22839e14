/** `{ meanMs: 400 }` as `meanMs=400`. */
export function keyValues(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** The greatest width in a table. The JSON output has the whole text. */
const widest = 80;

/** As `keyValues`, cut where it is long: the groups of a partition name every node. */
export function keyValuesInShort(values: Readonly<Record<string, unknown>>): string {
  const all = keyValues(values);
  return all.length > widest ? `${all.slice(0, widest - 1)}…` : all;
}
