import Type, { type Static } from 'typebox';
import { contract, operation, type Introduction } from '../rpc/contract.ts';

/** Why a trace is kept: its request failed, was one of the slowest of its second, or was drawn at random. */
export const KeptBecause = Type.Enum(['error', 'slow', 'sample']);
export type KeptBecause = Static<typeof KeptBecause>;

/** A trace that its first node wants to keep. */
export const KeptTrace = Type.Object({
  traceId: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  because: KeptBecause,
  /** How long ago the request was answered: clocks of two machines are never compared. */
  endedAgoMs: Type.Number({ minimum: 0 }),
});
export type KeptTrace = Static<typeof KeptTrace>;

const about: Introduction = {
  component: 'traces',
  purpose: 'Collects the path of single requests through the nodes.',
};

/** The contract of the component `traces`. It is here because the middleware of every node calls it. */
export const traces = contract(about, {
  keep: operation({
    summary: 'Collects the spans of these traces from all nodes that took part, and keeps them',
    // Control plane, as between monitors: no service fault acts on it, and one call per second is no load.
    priority: 'health',
    request: Type.Object({ node: Type.String(), traces: Type.Array(KeptTrace, { maxItems: 100 }) }),
    response: Type.Object({}),
  }),
});
