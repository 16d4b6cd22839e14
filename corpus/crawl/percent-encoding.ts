/**
 * One spelling for equivalent percent-encodings (RFC 3986, section 6.2.2; RFC 9309, section 2.2.2): escapes of
 * unreserved characters are decoded, other escapes are written in upper case, and characters that an address must not
 * contain are encoded as UTF-8. Reserved characters stay as they are: `%2F` and `/` differ.
 */
export function normaliseEscapes(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\x21\x23-\x3B\x3D\x3F-\x5B\x5D\x5F\x61-\x7A\x7E]/gu, encode)
    .replaceAll(/%[0-9a-f]{2}/gi, (escape) => {
      const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase();
    });
}

function encode(character: string): string {
  return Buffer.from(character)
    .toString('hex')
    .replaceAll(/../g, (byte) => `%${byte.toUpperCase()}`);
}
