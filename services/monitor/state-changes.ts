import type { Member, MemberState, View } from '../../shared/membership/view.ts';

/** A node came into `state` with this version of the view. */
export interface StateChange {
  readonly version: number;
  readonly node: string;
  readonly state: MemberState;
}

/** Enough for the failure and the return of all nodes of a large topology. */
const kept = 100;

/**
 * The last changes of states, oldest first. A node that a spare process replaces is dead for less than half a second.
 * Whoever asks for the view once a second learns about that from here.
 */
export function createStateChanges() {
  const last = new Map<string, Member>();
  const changes: StateChange[] = [];
  return {
    /** Compares the next view with the one before. The first state of a node is no change. */
    take({ version, members }: View): void {
      for (const member of members) {
        const { node, state } = member;
        const before = last.get(node);
        last.set(node, member);
        if (before === undefined || before.state === state) continue;
        if (diedUnseen(before, member)) changes.push({ version, node, state: 'dead' });
        changes.push({ version, node, state });
      }
      changes.splice(0, changes.length - kept);
    },
    list: (): readonly StateChange[] => changes,
  };
}

/** A new process beats before the silence of the old one was noticed. The old one did not leave, so it had died. */
function diedUnseen(before: Member, now: Member): boolean {
  return now.incarnation > before.incarnation && (before.state === 'alive' || before.state === 'suspect');
}
