import type { View } from '../../../shared/membership/view.ts';
import type { Clock } from '../../../shared/time/clock.ts';

/** How long a change counts, ms. A repair takes about this long, and most of its steps change the view again. */
const followMs = 10_000;

/**
 * Says whether a node came into another state, got another process or another diagnosis within the last ten seconds.
 * It costs no request, because the view comes with the heartbeats of this node. Two monitors number their views
 * differently, so it compares the members.
 */
export function createChangeWatch(view: () => View | undefined, clock: Clock): () => boolean {
  let seen: View | undefined;
  let members = '';
  let changedAt = -Infinity;
  return () => {
    const now = view();
    if (now !== seen) {
      seen = now;
      const next = membersOf(now);
      if (next !== members) changedAt = clock.now();
      members = next;
    }
    return clock.now() - changedAt < followMs;
  };
}

const membersOf = (view: View | undefined): string =>
  JSON.stringify(view?.members.map(({ node, state, incarnation, verdict }) => [node, state, incarnation, verdict]));
