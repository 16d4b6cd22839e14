import Type, { type Static } from 'typebox';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { View } from '../../shared/membership/view.ts';

export const Heartbeat = Type.Object({
  node: Type.String(),
  /** Grows with each start of the node: an old process cannot speak for a new one. */
  incarnation: Type.Integer({ minimum: 0 }),
  /** Counts this incarnation's heartbeats. */
  sequence: Type.Integer({ minimum: 0 }),
  phase: Type.Union([Type.Literal('starting'), Type.Literal('ready'), Type.Literal('draining')]),
  /** The version of the view that the node follows: a newer one comes back with the answer. */
  viewVersion: Type.Integer({ minimum: 0 }),
});
export type Heartbeat = Static<typeof Heartbeat>;

export const monitor = contract('monitor', {
  heartbeat: operation({
    summary: 'A sign of life; answered with the membership view where the sender does not have it yet',
    priority: 'health',
    request: Heartbeat,
    response: Type.Object({ view: Type.Optional(View) }),
  }),
  view: operation({
    summary: 'Who is alive, as this monitor sees it',
    priority: 'health',
    request: Type.Object({}),
    response: View,
  }),
});
