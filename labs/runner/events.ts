import type { Choice } from './choice.ts';
import type { RunPhase } from './journal.ts';

/**
 * What a run tells its front end while it goes on. Terminal and page show the same events. Each event is plain data,
 * because the page gets it from another process.
 */
export type RunEvent =
  | { readonly kind: 'phase'; readonly phase: RunPhase }
  /** The prediction is on disk with this hash. Nothing has been started before. */
  | { readonly kind: 'predicted'; readonly sha256: string }
  /** The lab's own cluster is ready: where it is, and what it consists of. */
  | { readonly kind: 'cluster'; readonly portBase: number; readonly topology: object }
  | { readonly kind: 'cluster-stopped' }
  | { readonly kind: 'fault'; readonly node: string; readonly fault: string; readonly active: boolean }
  | { readonly kind: 'progress'; readonly label: string; readonly done: number; readonly total: number }
  | { readonly kind: 'say'; readonly text: string }
  /** The lab waits for answers of the person. An empty list: it waits no longer. */
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] };

export type RunListener = (event: RunEvent) => void;
