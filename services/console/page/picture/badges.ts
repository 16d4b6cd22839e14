import { brokenBy } from '../../broken-by.ts';
import type { Snapshot } from '../../live/snapshot.ts';
import { toneOf, type Tone } from '../../tone.ts';

/** A small sign at a node: one word, never only a colour. */
export interface Badge {
  readonly word: string;
  readonly tone: Tone | 'injected';
}

/** The symbol of a node: its shape says as much as its colour. */
export const toneSymbols: Readonly<Record<Tone, string>> = { good: '●', warn: '▲', bad: '✕', quiet: '○' };

export interface NodeLook {
  readonly tone: Tone;
  /** The word beside the name: the diagnosis where there is one, else the state. */
  readonly word: string;
  readonly badges: readonly Badge[];
}

/** Pure: how a node looks in this second. */
export function lookOf(now: Snapshot, id: string): NodeLook {
  const { state, verdict, live } = now.nodes[id] ?? { state: 'unknown' as const };
  const diagnosis = verdict === undefined || verdict === 'healthy' ? undefined : verdict;
  const faults = (now.faults ?? []).filter((fault) => brokenBy(fault).includes(id));
  const ejectedBy = Object.values(now.nodes).filter((node) => node.live?.ejects.includes(id)).length;
  const circuits = Object.values(live?.circuits ?? {});
  const badges: Badge[] = [
    ...faults.map(({ kind }): Badge => ({ word: kind, tone: 'injected' })),
    ...(ejectedBy > 0 ? [{ word: `ejected by ${ejectedBy}`, tone: 'warn' } as const] : []),
    ...(circuits.length > 0 ? [{ word: `circuit ${circuits[0]}`, tone: 'warn' } as const] : []),
    ...(diagnosis !== undefined && state !== 'alive' ? [{ word: state, tone: 'warn' } as const] : []),
    ...(now.leader === id ? [{ word: 'leader', tone: 'quiet' } as const] : []),
  ];
  return { tone: toneOf(state, verdict), word: diagnosis ?? state, badges };
}
