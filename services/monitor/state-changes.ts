import type { Member, MemberState, View } from '../../shared/membership/view.ts';

/** A node came into `state` in this version of the view. */
export interface StateChange {
  readonly version: number;
  readonly node: string;
  readonly state: MemberState;
}

/** Enough for the failure and the return of all nodes of a large topology. */
const kept = 100;

/**
 * The last changes of states, oldest first. After a crash, a node that a spare process replaces is dead for less than
 * half a second. The console asks for the view once a second, and learns about such a crash from these changes.
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

const working: ReadonlySet<MemberState> = new Set(['alive', 'suspect', 'standby']);

/**
 * A new process sends heartbeats before anybody noticed that the old one died. The old one did not leave on purpose: a
 * node that leaves is `draining` first.
 */
function diedUnseen(before: Member, now: Member): boolean {
  return before.incarnation > 0 && now.incarnation > before.incarnation && working.has(before.state);
}
