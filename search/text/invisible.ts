/**
 * A pattern for one invisible character: soft hyphen, word joiner, zero-width no-break space, directional marks,
 * variation selectors (Unicode's Default_Ignorable_Code_Point). Such a character does not change a word. The zero-width
 * space is not among them, because it marks the end of a word (UAX #14, ZW). For regular expressions with the flag u.
 */
export const isInvisible = String.raw`(?!\u200B)\p{Default_Ignorable_Code_Point}`;

/** A pattern for white space. JavaScript's `\s` includes the zero-width no-break space, which occurs inside words. */
export const isSpace = String.raw`[^\S\uFEFF]`;
