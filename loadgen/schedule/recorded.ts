import { loadError } from '../options/errors.ts';

/**
 * Reads recorded arrivals: one instant per line, either a number of ms or a JSON object with `at` (ms; unix or
 * relative). They are shifted to start at 0, sorted, and played `speed` times as fast. Throws `bad_file` naming the
 * line.
 */
export function parseRecorded(text: string, speed = 1): number[] {
  const instants: number[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (!trimmed || trimmed.startsWith('#')) continue;
    const at = trimmed.startsWith('{') ? instantOf(trimmed) : Number(trimmed);
    if (!Number.isFinite(at))
      throw loadError('bad_file', `line ${i + 1} of the recorded arrivals has no instant: "${trimmed.slice(0, 60)}"`);
    instants.push(at);
  }
  if (instants.length === 0) throw loadError('bad_file', 'the file of recorded arrivals has none');
  instants.sort((a, b) => a - b);
  const first = instants[0] ?? 0;
  return instants.map((at) => (at - first) / speed);
}

function instantOf(line: string): number {
  try {
    const value = JSON.parse(line) as { at?: unknown };
    return typeof value.at === 'number' ? value.at : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
