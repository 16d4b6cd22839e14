import { analyse } from './analysis.ts';
import type { Plan } from './plan.ts';
// Interim: the query engineer's parser replaces this file.
export function parse(q: string): Plan {
  const weights = new Map<string, number>();
  for (const term of analyse(q).terms) weights.set(term, (weights.get(term) ?? 0) + 1);
  const phrases = [...q.matchAll(/"([^"]+)"/g)].map((m) => analyse(m[1]!)).filter((a) => a.terms.length > 0)
    .map((a) => ({ terms: [...a.terms], positions: [...a.positions] }));
  return { query: q, terms: [...weights].map(([term, weight]) => ({ term, weight })), phrases, exclusions: [] };
}
