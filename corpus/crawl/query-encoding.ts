/**
 * The address as a browser would write it on a page with this encoding. Characters beyond ASCII are encoded in the
 * page's encoding in the query, and in UTF-8 in the path (URL Standard, "percent-encode after encoding").
 */
export function encodeQuery(href: string, encoding: string): string {
  const start = href.indexOf('?');
  if (start === -1 || /^(?:utf-|iso-2022-jp|replacement)/.test(encoding)) return href;
  const end = href.indexOf('#', start);
  const query = end === -1 ? href.slice(start) : href.slice(start, end);
  if (!/[^\0-\u007F]/.test(query)) return href;
  const bytes = bytesByCharacter(encoding);
  const encoded = query.replaceAll(
    /[^\0-\u007F]/gu,
    (character) => bytes.get(character) ?? `%26%23${character.codePointAt(0)}%3B`,
  );
  return href.slice(0, start) + encoded + (end === -1 ? '' : href.slice(end));
}

const tables = new Map<string, ReadonlyMap<string, string>>();

/** The encoding as a table, made by decoding every sequence of one or two bytes. Node.js can encode only UTF-8. */
function bytesByCharacter(encoding: string): ReadonlyMap<string, string> {
  const known = tables.get(encoding);
  if (known !== undefined) return known;
  const table = new Map<string, string>();
  const decoder = new TextDecoder(encoding);
  const note = (bytes: readonly number[]) => {
    const text = decoder.decode(Uint8Array.from(bytes));
    const isOneCharacter = [...text].length === 1 && text !== '\uFFFD';
    if (isOneCharacter && !table.has(text)) table.set(text, bytes.map((byte) => `%${hex(byte)}`).join(''));
  };
  for (let first = 0x80; first <= 0xff; first++) note([first]);
  for (let first = 0x81; first <= 0xfe; first++)
    for (let second = 0x40; second <= 0xfe; second++) note([first, second]);
  tables.set(encoding, table);
  return table;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase();
}
