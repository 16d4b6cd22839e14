import Type, { type Static } from 'typebox';

export const Style = Type.Union([Type.Literal('object-based'), Type.Literal('layered')]);
export type Style = Static<typeof Style>;
export const styles: readonly Style[] = Style.anyOf.map(({ const: style }) => style);
export const Format = Type.Union([Type.Literal('html'), Type.Literal('json')]);
export type Format = Static<typeof Format>;

/**
 * The nodes that the request has passed through so far, outermost first. Each tier adds its node, and the page shows
 * the whole path.
 */
export const Via = Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 }));

/** How an answer was made, as its page shows it. */
export const Making = Type.Object({
  tookMs: Type.Number(),
  /** The nodes that passed the request down, outermost first: client, gateway, application server. */
  via: Type.Array(Type.String()),
  /**
   * The nodes that answered calls of the application server, directly or through another node, in the order of their
   * answers.
   */
  servedBy: Type.Array(Type.String()),
  style: Style,
  /** The age of the oldest stale answer in it, ms; absent when all of it is current. */
  staleMs: Type.Optional(Type.Number({ minimum: 0 })),
  /** The id by which the trace of this answer is found. */
  requestId: Type.Optional(Type.String({ maxLength: 64 })),
});
export type Making = Static<typeof Making>;
