/**
 * A pattern for one character that a reader does not see and that therefore makes no other word: soft hyphen, word
 * joiner, zero-width no-break space, directional marks, variation selectors (Unicode's Default_Ignorable_Code_Point).
 * The zero-width space is none of them: it says where a word ends (UAX #14, ZW). For regular expressions with the flag
 * u.
 */
export const isInvisible = String.raw`(?!\u200B)\p{Default_Ignorable_Code_Point}`;

/** A pattern for white space. JavaScript's own counts the zero-width no-break space, which stands inside words. */
export const isSpace = String.raw`[^\S\uFEFF]`;
