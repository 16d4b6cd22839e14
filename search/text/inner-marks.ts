/** A quotation mark inside a Hebrew word: keyboards have no gershayim (UAX #29, WB7b). */
export const hebrewQuote = String.raw`(?<=\p{Script=Hebrew}\p{M}*)"(?=\p{Script=Hebrew})`;

/**
 * A pattern for a character that joins the parts of one word: apostrophes as people type them, the Hawaiian okina, the
 * Catalan dot, Hebrew geresh and gershayim. For regular expressions with the flag u.
 */
export const innerMark = String.raw`['\u00B4\u00B7\u02BB\u02BC\u2018\u2019\u2027\u05F3\u05F4\uFF07]|${hebrewQuote}`;
