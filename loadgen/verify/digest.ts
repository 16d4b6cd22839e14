import { hash } from 'node:crypto';

/** Fields that may differ between two right answers to the same question. */
const volatile = new Set(['tookMs', 'servedBy', 'requestId', 'traceId', 'explain']);

/**
 * What two right answers have in common, in 16 characters: of a search the ids and scores in order, of other JSON everything but
 * volatile fields with sorted keys, of anything else the bytes.
 */
export function digest(body: string, json: unknown): string {
  return hash('sha1', json === undefined ? body : JSON.stringify(canonical(json)), 'hex').slice(0, 16);
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const object = value as Record<string, unknown>;
  if (Array.isArray(object['results']))
    return {
      total: object['total'] ?? null,
      results: object['results'].map((result: { id?: unknown; score?: unknown }) => [result?.id ?? null, rounded(result?.score)]),
    };
  const entries = Object.keys(object).filter((key) => !volatile.has(key));
  return Object.fromEntries(entries.toSorted().map((key) => [key, canonical(object[key])]));
}

/** Scores are sums of floating-point numbers whose order may differ between shards: 9 digits are compared. */
function rounded(score: unknown): unknown {
  return typeof score === 'number' ? Number(score.toPrecision(9)) : (score ?? null);
}
