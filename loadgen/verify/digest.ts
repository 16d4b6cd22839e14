import { hash } from 'node:crypto';

/** Fields that may differ between two right answers to the same question. */
const volatile = new Set(['tookMs', 'servedBy', 'requestId', 'traceId', 'explain']);

/**
 * The part that two right answers have in common. For JSON: all fields but the volatile ones, with sorted keys.
 * Otherwise: the text.
 */
export function canonicalText(body: string, json: unknown): string {
  return json === undefined ? body : JSON.stringify(canonical(json));
}

/** The canonical text in 16 characters. */
export function answerDigest(body: string, json: unknown): string {
  return hash('sha1', canonicalText(body, json), 'hex').slice(0, 16);
}

function canonical(value: unknown, name?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item));
  if (value === null || typeof value !== 'object') return name === 'score' ? rounded(value) : value;
  const object = value as Record<string, unknown>;
  const names = Object.keys(object).filter((key) => !volatile.has(key));
  return Object.fromEntries(names.toSorted().map((key) => [key, canonical(object[key], key)]));
}

/** Scores are sums of floating-point numbers whose order may differ between shards: 9 digits are compared. */
function rounded(score: unknown): unknown {
  return typeof score === 'number' ? Number(score.toPrecision(9)) : score;
}
