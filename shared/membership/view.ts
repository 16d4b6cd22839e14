import Type, { type Static } from 'typebox';

export const memberStates = ['starting', 'alive', 'suspect', 'dead', 'draining'] as const;

/** One node as a monitor sees it. */
export const Member = Type.Object({
  node: Type.String(),
  state: Type.Enum([...memberStates]),
  incarnation: Type.Integer({ minimum: 0 }),
  /** How long ago the last heartbeat came, ms; absent when none ever came. */
  silentMs: Type.Optional(Type.Number({ minimum: 0 })),
});
export type Member = Static<typeof Member>;
export type MemberState = Member['state'];

/** Who is there. `version` grows with every change of a state or incarnation, per monitor and its incarnation. */
export const View = Type.Object({
  monitor: Type.String(),
  version: Type.Integer({ minimum: 0 }),
  members: Type.Array(Member),
});
export type View = Static<typeof View>;
