import { faultKind, params } from './fault.ts';

/**
 * A second process runs under the node's identity, beside the first; its answers and heartbeats mix with the first
 * one's.
 */
export const byzTwin = faultKind({
  kind: 'byz.twin',
  summary: 'two processes with one identity',
  params: params({}),
  plan: () => ({ steps: [{ atMs: 0, action: { do: 'twin' } }], rounds: 1, periodMs: 0, undo: [{ do: 'untwin' }] }),
});
