import Type, { type Static } from 'typebox';
import { Verdict } from './verdict.ts';
import { CallEvidence } from './call-evidence.ts';
import { SelfReport } from './self-report.ts';
import { Promotion, View } from './view.ts';
import { contract, operation } from '../rpc/contract.ts';

const Natural = Type.Integer({ minimum: 0 });

export const Heartbeat = Type.Object({
  node: Type.String(),
  /** Grows with each start of the node: an old process cannot speak for a new one. */
  incarnation: Natural,
  /** Counts this incarnation's heartbeats to this monitor: a gap is a lost one. */
  sequence: Natural,
  /** `standby`: could serve, or could load what it needs to serve, and waits to be promoted. */
  phase: Type.Enum(['starting', 'ready', 'draining', 'standby']),
  /** The version of the view that the node follows: a newer one comes back with the answer. */
  viewVersion: Natural,
  self: Type.Optional(SelfReport),
  /** What the node saw of those it called since its last heartbeat; absent when it called nobody. */
  evidence: Type.Optional(Type.Array(CallEvidence, { maxItems: 64 })),
  /** The token of the role that it was promoted to. */
  token: Type.Optional(Natural),
});
export type Heartbeat = Static<typeof Heartbeat>;

/** A repair order as the monitors remember it, so that both count the same. `agoMs`: clocks of two machines are never compared. */
const OrderDigest = Type.Object({
  id: Type.String(),
  by: Type.String(),
  agoMs: Type.Number({ minimum: 0 }),
  group: Type.String(),
  node: Type.String(),
  incarnation: Natural,
  do: Type.Enum(['restart', 'drain', 'quarantine', 'promote']),
  /** What it was taken for. */
  verdict: Verdict,
  /** Absent while it is being carried out. */
  result: Type.Optional(Type.Enum(['done', 'already', 'stale', 'refused', 'failed'])),
});
export type OrderDigest = Static<typeof OrderDigest>;

/** What one monitor tells another: whom it hears, what it thinks, what it has ordered. */
export const Digest = Type.Object({
  monitor: Type.String(),
  doubtsItself: Type.Boolean(),
  members: Type.Array(
    Type.Object({ node: Type.String(), incarnation: Natural, silentMs: Type.Number({ minimum: 0 }), verdict: Verdict }),
  ),
  orders: Type.Array(OrderDigest),
  promotions: Type.Array(Promotion),
});
export type Digest = Static<typeof Digest>;

/** Of the component `monitor`; it stands here because the middleware of every node calls it. */
export const monitor = contract('monitor', {
  heartbeat: operation({
    summary: 'A sign of life; answered with the membership view where the sender does not have it yet',
    priority: 'health',
    request: Heartbeat,
    response: Type.Object({ view: Type.Optional(View) }),
  }),
  exchange: operation({
    summary: 'Between monitors: one digest for the other',
    priority: 'health',
    request: Digest,
    response: Digest,
  }),
  view: operation({
    summary: 'Who is alive, as this monitor sees it',
    priority: 'health',
    request: Type.Object({}),
    response: View,
  }),
});
