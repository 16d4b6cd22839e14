import { loadError } from '../options/errors.ts';
import type { Request } from '../workload/request.ts';

/** Request key -> digest of the right answer, and the answer itself where it was kept. Workers get only the digests. */
export type OracleEntries = [key: string, digest: string, answer?: string][];

export interface Oracle {
  /** true: equal to the recorded answer; false: different; undefined: not known, so not compared. */
  agrees(key: string, digest: string): boolean | undefined;
}

export function oracleOf(entries: OracleEntries): Oracle {
  const right = new Map(entries.map(([key, digest]) => [key, digest]));
  return {
    agrees(key, digest) {
      const known = right.get(key);
      return known === undefined ? undefined : known === digest;
    },
  };
}

/** The key for the answer to a request; undefined when it cannot be compared. */
export function keyOf(request: Request): string | undefined {
  if (request.key === null) return undefined;
  return request.key ?? (request.method === 'GET' ? request.target : undefined);
}

/** Reads lines of { key, digest, answer }. Throws `bad_file` that names the line. */
export function parseOracle(text: string): OracleEntries {
  const entries: OracleEntries = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let value: { key?: unknown; digest?: unknown; answer?: unknown } = {};
    try {
      value = JSON.parse(line) as typeof value;
    } catch {
      // Falls through to the refusal below: the line has neither.
    }
    if (typeof value.key !== 'string' || typeof value.digest !== 'string')
      throw loadError('bad_file', `line ${i + 1} of the oracle is not { "key", "digest" }`);
    if (typeof value.answer === 'string') entries.push([value.key, value.digest, value.answer]);
    else entries.push([value.key, value.digest]);
  }
  return entries;
}

export function oracleText(entries: OracleEntries): string {
  return entries.map(([key, digest, answer]) => `${JSON.stringify({ key, digest, answer })}\n`).join('');
}
