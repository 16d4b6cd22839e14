import { levelOf } from '../../search/levels.ts';
import type { Time } from './contract.ts';

interface Interval {
  readonly startMs: number;
  readonly durationMs: number;
}

/** What a node does at one moment of a request: it works, or it waits as a client of the next tiers. */
export interface HeldPart extends Interval {
  readonly phase: 'work' | 'wait-for-data' | 'wait-for-result';
}

/**
 * The time for which a node holds a request, cut where its calls begin and end; in order, without gaps. While a call to
 * the data level is under way, the time counts as a wait for data, whatever other calls there are.
 */
export function heldParts(
  held: Interval,
  calls: readonly (Interval & { readonly component: string })[],
): readonly HeldPart[] {
  const endMs = held.startMs + held.durationMs;
  const edges = calls.flatMap(({ startMs, durationMs }) => [startMs, startMs + durationMs]);
  const inside = edges.filter((at) => at > held.startMs && at < endMs).sort((a, b) => a - b);
  const parts: HeldPart[] = [];
  let from = held.startMs;
  for (const to of [...inside, endMs]) {
    const middle = (from + to) / 2;
    const active = calls.filter(({ startMs, durationMs }) => startMs <= middle && middle < startMs + durationMs);
    const waitsForData = active.some(({ component }) => levelOf(component) === 'data');
    const phase = active.length === 0 ? 'work' : waitsForData ? 'wait-for-data' : 'wait-for-result';
    const last = parts.at(-1);
    if (last?.phase === phase) parts[parts.length - 1] = { ...last, durationMs: to - last.startMs };
    else if (to > from) parts.push({ phase, startMs: from, durationMs: to - from });
    from = to;
  }
  return parts;
}

/** The sums of the parts. */
export function splitTime(held: Interval, calls: Parameters<typeof heldParts>[1]): Time {
  const parts = heldParts(held, calls);
  const sum = (phase: HeldPart['phase']): number =>
    parts.reduce((total, part) => total + (part.phase === phase ? part.durationMs : 0), 0);
  return { workMs: sum('work'), waitForDataMs: sum('wait-for-data'), waitForResultMs: sum('wait-for-result') };
}
