import { useEffect } from 'preact/hooks';
import { nextMoment } from '../replayed.ts';
import type { ConsoleStore } from '../store.ts';

const stepMs = 250;

interface ReplayOptions {
  readonly store: ConsoleStore;
  readonly cursor: number | undefined;
  readonly to: number;
  /** The incident whose page is open. */
  readonly incident: string | undefined;
}

/** Plays the past from the cursor on. */
export function Replay({ store, cursor, to, incident }: ReplayOptions) {
  const { playing = false } = store.get();
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => {
      const next = nextMoment(store.get(), incident, stepMs);
      store.set({ cursor: next, playing: next !== undefined });
    }, stepMs);
    return () => clearInterval(timer);
  }, [playing, incident, store]);
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
