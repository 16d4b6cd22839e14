/**
 * JSON with one spelling per value: members sorted by code unit, no white space, absent (undefined) members left out -
 * the JSON Canonicalization Scheme (RFC 8785). Signatures, digests and comparisons use this form. Half of a surrogate
 * pair, which the query of a user may hold, is written as its escape; the npm package canonicalize throws for it.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
