import type { AvailabilityReport } from '../../monitor/availability-report.ts';
import type { UsualTimes } from '../../traces/contract.ts';
import type { Incident } from '../../monitor/incident.ts';
import type { About } from '../about.ts';
import { kept } from '../live/history.ts';
import type { Snapshot } from '../live/snapshot.ts';
import { getJson } from './ask.ts';

/** Silence after which the connection counts as broken: a snapshot comes every second, ms. */
const silenceMs = 3_500;

/** The longest pause before the next attempt to connect, ms. */
const againMs = 1_500;

export interface ConsoleState {
  readonly about?: About;
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
  readonly incidents: readonly Incident[];
  readonly availability?: AvailabilityReport | undefined;
  /** Where the time of the usual request goes. */
  readonly times?: UsualTimes | undefined;
  readonly operator: boolean;
  /** When the last snapshot arrived, by this browser's clock; undefined before the first. */
  readonly heardAt?: number;
  /** The moment that the person looks at, ms; undefined = now. */
  readonly cursor?: number | undefined;
  /** The past is being played from the cursor on. */
  readonly playing?: boolean;
}

/**
 * The data of the page. It listens to the console's stream. When the stream breaks, it keeps its data and tries to
 * connect until it succeeds.
 */
export function createConsoleStore() {
  let state: ConsoleState = { snapshots: [], incidents: [], operator: false };
  const listeners = new Set<() => void>();
  let source: EventSource | undefined;
  let incarnation: number | undefined;
  let script: string | undefined;
  let connectedAt = 0;

  function set(change: Partial<ConsoleState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  /** Adds snapshots in the order of their time. A snapshot that the page already has is not added again. */
  function merge(more: readonly Snapshot[]): void {
    const known = new Set(state.snapshots.map(({ at }) => at));
    const fresh = more.filter(({ at }) => !known.has(at));
    set({ snapshots: [...state.snapshots, ...fresh].sort((a, b) => a.at - b.at).slice(-kept) });
  }

  function connect(): void {
    source?.close();
    connectedAt = performance.now();
    source = new EventSource('/api/stream');
    on<{ incarnation: number; script: string }>('hello', (hello) => {
      if (script !== undefined && script !== hello.script) location.reload();
      script = hello.script;
      // A console that has started again counts its snapshots anew.
      const after = incarnation === hello.incarnation ? (state.snapshots.at(-1)?.number ?? 0) : 0;
      incarnation = hello.incarnation;
      load(after);
    });
    on<Snapshot>('snapshot', (snapshot) => {
      merge([snapshot]);
      set({ heardAt: performance.now() });
    });
    on<readonly Incident[]>('incidents', (incidents) => set({ incidents }));
    on<AvailabilityReport | null>('availability', (report) => set({ availability: report ?? undefined }));
    on<UsualTimes | null>('times', (times) => set({ times: times ?? undefined }));
  }

  function on<T>(name: string, then: (value: T) => void): void {
    source!.addEventListener(name, ({ data }: MessageEvent<string>) => then(JSON.parse(data) as T));
  }

  /**
   * Reads the cluster and the snapshots after number `after`, which this page does not have. Asks until an answer
   * comes, because a console that has just started may stop again.
   */
  function load(after: number): void {
    ask(after).catch(() => setTimeout(() => load(after), againMs));
  }

  async function ask(after: number): Promise<void> {
    const [about, { operator }] = await Promise.all([
      getJson<About>('/api/about'),
      getJson<{ operator: boolean }>('/api/operator'),
    ]);
    // The present can be shown before the past is here.
    set({ about, operator });
    merge(await getJson<readonly Snapshot[]>(`/api/history?after=${after}`));
  }

  /** Reconnects: a browser gives up after some errors, and does not notice a paused process. */
  function keepConnected(): void {
    const now = performance.now();
    const isSilent = now - Math.max(state.heardAt ?? 0, connectedAt) > silenceMs;
    const isClosed = source?.readyState === EventSource.CLOSED && now - connectedAt > againMs;
    if (isSilent || isClosed) connect();
  }

  connect();
  setInterval(keepConnected, 500);
  return {
    get: () => state,
    set,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export type ConsoleStore = ReturnType<typeof createConsoleStore>;
