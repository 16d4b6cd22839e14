import Type, { type Static } from 'typebox';

export const Style = Type.Union([Type.Literal('object-based'), Type.Literal('layered')]);
export type Style = Static<typeof Style>;
export const Format = Type.Union([Type.Literal('html'), Type.Literal('json')]);
export type Format = Static<typeof Format>;

/**
 * The nodes that the request came through so far, outermost first: the page shows its whole path. Each tier adds its
 * node.
 */
export const Via = Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 }));

/** What a page shows about its own making. */
export const Making = Type.Object({
  tookMs: Type.Number(),
  /** The nodes that handed the request down, outermost first: client, gateway, application server. */
  via: Type.Array(Type.String()),
  /** The nodes that worked for the one that had the page made, in the order of their answers. */
  servedBy: Type.Array(Type.String()),
  style: Style,
});
export type Making = Static<typeof Making>;
