import Type, { type Static } from 'typebox';
import { Verdict } from './verdict.ts';

/**
 * The worst state comes first. `suspect`: silent for longer than usual. `draining`: leaving, or taken out because it
 * limps. `quarantined`: taken out because it lies. `standby`: healthy, and waits for a promotion. Callers use only
 * `alive` nodes, as long as there is one.
 */
export const memberStates = ['dead', 'quarantined', 'suspect', 'draining', 'starting', 'standby', 'alive'] as const;

/** One node as a monitor sees it. */
export const Member = Type.Object({
  node: Type.String(),
  state: Type.Enum([...memberStates]),
  incarnation: Type.Integer({ minimum: 0 }),
  /** How long ago the last heartbeat came, ms; absent when none ever came. */
  silentMs: Type.Optional(Type.Number({ minimum: 0 })),
  /** The diagnosis of the node; absent for a healthy node. */
  verdict: Type.Optional(Verdict),
});
export type Member = Static<typeof Member>;
export type MemberState = Member['state'];

/**
 * The standby `node` has taken the role of the node `instead`. The token is the fence: tokens only grow, and if two
 * nodes believe that they hold one role, the node with the smaller token must not serve.
 */
export const Promotion = Type.Object({
  node: Type.String(),
  instead: Type.String(),
  token: Type.Integer({ minimum: 1 }),
});
export type Promotion = Static<typeof Promotion>;

/**
 * The states of all nodes. `version` grows with every change of a state or incarnation of a node. Each process of a
 * monitor counts its own versions.
 */
export const View = Type.Object({
  monitor: Type.String(),
  version: Type.Integer({ minimum: 0 }),
  members: Type.Array(Member),
  /** The newest promotion of each role; absent when there was none. */
  promotions: Type.Optional(Type.Array(Promotion)),
});
export type View = Static<typeof View>;
