import { getJson, Refused } from '../../../services/console/page/ask.ts';
import type { About } from '../../../services/console/about.ts';
import type { Snapshot } from '../../../services/console/live/snapshot.ts';
import type { ServerState } from '../run-view.ts';

/** What the page knows from the stream of the server. */
export interface LabsState {
  /** `locked`: the server wants the key. */
  readonly link: 'connecting' | 'live' | 'away' | 'locked';
  readonly server?: ServerState;
  readonly about?: About;
  readonly snapshot?: Snapshot;
}

/** The data of the page. It listens to the stream; the browser connects again when it breaks. */
export function createLabsStore() {
  let state: LabsState = { link: 'connecting' };
  let stream: EventSource | undefined;
  const listeners = new Set<() => void>();

  function set(next: LabsState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  /** A stream cannot say why it was refused, so the state is asked for first. */
  async function open(): Promise<void> {
    try {
      set({ ...state, link: 'live', server: await getJson<ServerState>('/api/state') });
    } catch (error) {
      const locked = error instanceof Refused && error.code === 'unauthenticated';
      set({ ...state, link: locked ? 'locked' : 'away' });
      if (!locked) setTimeout(() => void open(), 2_000);
      return;
    }
    stream?.close();
    stream = new EventSource('/api/stream');
    const on = (name: string, change: (value: unknown) => Partial<LabsState>) =>
      stream!.addEventListener(name, ({ data }: MessageEvent<string>) =>
        set({ ...state, link: 'live', ...change(JSON.parse(data)) }),
      );
    on('state', (value) => ({ server: value as ServerState }));
    on('snapshot', (value) => ({ snapshot: value as Snapshot }));
    stream.addEventListener('about', ({ data }: MessageEvent<string>) => {
      const { link, server } = state;
      const about = JSON.parse(data) as About | null;
      set({ link, ...(server && { server }), ...(about && { about }) });
    });
    stream.addEventListener('error', () => {
      if (state.link !== 'away') set({ ...state, link: 'away' });
      // Closed for good: the server was started again, with another key.
      if (stream!.readyState === EventSource.CLOSED) void open();
    });
  }
  void open();

  return {
    get: () => state,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open,
    /** Takes over the new state after an order, before the stream brings the same state. */
    know(server: ServerState): void {
      set({ ...state, server });
    },
  };
}

export type LabsStore = ReturnType<typeof createLabsStore>;
