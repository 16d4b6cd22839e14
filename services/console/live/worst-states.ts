import { memberStates, type MemberState } from '../../../shared/membership/view.ts';
import type { LedView } from '../sources.ts';

/** Gives the worst state of each node since the last view, because a state may last less than a second. */
export function createWorstStates() {
  let last: Pick<LedView, 'monitor' | 'version'> | undefined;
  return (view: LedView): ReadonlyMap<string, MemberState> => {
    const worst = new Map(view.members.map(({ node, state }) => [node, state]));
    // Another monitor counts its versions from another number.
    const seen = last?.monitor === view.monitor ? last.version : Infinity;
    for (const { version, node, state } of view.changes)
      if (version > seen && isWorse(state, worst.get(node))) worst.set(node, state);
    last = view;
    return worst;
  };
}

const isWorse = (one: MemberState, other: MemberState | undefined): boolean =>
  other !== undefined && memberStates.indexOf(one) < memberStates.indexOf(other);
