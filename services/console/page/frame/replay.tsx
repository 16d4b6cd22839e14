import { useEffect } from 'preact/hooks';
import type { Store } from '../store.ts';

/** Without an incident that is replayed, four seconds of the past pass in each second. */
const speed = 4;
const stepMs = 250;

/** Plays the past from the cursor on, until the replayed incident is over, or else until it reaches now. */
export function Replay({ store, cursor, to }: { store: Store; cursor: number | undefined; to: number }) {
  const { playing = false } = store.get();
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => {
      const { cursor: at, snapshots, replayed } = store.get();
      const isIncident = at !== undefined && replayed !== undefined && at >= replayed.from && at < replayed.until;
      const next = (at ?? 0) + stepMs * (isIncident ? replayed.speed : speed);
      const end = Math.min(isIncident ? replayed.until : Infinity, snapshots.at(-1)?.at ?? 0);
      store.set(at === undefined || next >= end ? { cursor: undefined, playing: false } : { cursor: next });
    }, stepMs);
    return () => clearInterval(timer);
  }, [playing, store]);
  // With nothing to play, the button is disabled, not hidden: the track must keep its width under the pointer.
  return (
    <button
      type="button"
      class="replay"
      disabled={cursor === undefined || cursor >= to}
      onClick={() => store.set({ playing: !playing })}
    >
      {playing ? 'Pause' : 'Play'}
    </button>
  );
}
