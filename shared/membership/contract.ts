import Type, { type Static } from 'typebox';
import { Verdict } from './verdict.ts';
import { Promotion, View } from './view.ts';
import { contract, operation, type Introduction } from '../rpc/contract.ts';

const Natural = Type.Integer({ minimum: 0 });

/**
 * A repair order. Monitors tell each other their orders, so that all of them count the same orders against the limits.
 * The age `agoMs` is sent, not a time, because clocks of two machines are never compared.
 */
const OrderDigest = Type.Object({
  id: Type.String(),
  by: Type.String(),
  agoMs: Type.Number({ minimum: 0 }),
  group: Type.String(),
  node: Type.String(),
  incarnation: Natural,
  do: Type.Enum(['restart', 'drain', 'quarantine', 'promote']),
  /** The verdict that led to the order. */
  verdict: Verdict,
  /** Absent while the order is being carried out. */
  result: Type.Optional(Type.Enum(['done', 'already', 'stale', 'refused', 'failed'])),
});
export type OrderDigest = Static<typeof OrderDigest>;

/** A monitor's message to another one: the nodes that it hears, its verdicts, and its repair orders. */
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

/** A digest on the network: `mac` (base64url) proves which process of which monitor sent it. */
export const SealedDigest = Type.Object({
  digest: Digest,
  /** The incarnation of the sender. */
  incarnation: Natural,
  /** Counts the digests of this process, so that a recorded digest is not believed again. */
  number: Natural,
  mac: Type.String({ maxLength: 64 }),
});
export type SealedDigest = Static<typeof SealedDigest>;

const about: Introduction = {
  component: 'monitor',
  purpose: 'Takes in heartbeats, diagnoses failures, orders repairs and keeps the incident log.',
};

/** The contract of the component `monitor`. It is here because the middleware of every node calls it. */
export const monitor = contract(about, {
  exchange: operation({
    summary: 'Two monitors exchange their digests',
    priority: 'health',
    request: SealedDigest,
    response: SealedDigest,
  }),
  view: operation({
    summary: 'Who is alive, as this monitor sees it',
    priority: 'health',
    request: Type.Object({}),
    response: View,
  }),
});
