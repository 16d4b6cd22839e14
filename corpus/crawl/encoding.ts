// oxlint-disable-next-line typescript/triple-slash-reference -- the package has no types
/// <reference path="./html-encoding-sniffer.d.ts" />
import { analyse } from 'chardet';
import sniff from 'html-encoding-sniffer';
import { pageText } from './text.ts';
import { attribute, isElement, parseHtml, walk, type Document } from './tree.ts';

const fallback = 'windows-1252';
/** chardet's guess for short or mixed text is rarely right below this, percent. */
const minConfidence = 50;
/** More text makes the guess slower, not better. */
const maxDetected = 100_000;

export interface Declared {
  /** From the Content-Type header. */
  readonly charset?: string | undefined;
  /** True for XML, by media type or file name. XML declares its encoding in another way, and its default is UTF-8. */
  readonly xml?: boolean | undefined;
}

export interface Decoded {
  readonly text: string;
  /** Lower-case name of the WHATWG Encoding Standard. */
  readonly encoding: string;
  /** True when the text has many characters that people do not write, so the encoding is probably wrong. */
  readonly implausible: boolean;
}

/**
 * HTML or XML bytes as text. The encoding can be declared in five places. We look at the places in this order: byte
 * order mark, Content-Type, XML declaration, `<meta>` in the first 1,024 bytes, `<meta>` after the first 1,024 bytes.
 * The first declaration that we find counts, unless the bytes prove it wrong:
 *
 *     declared                            bytes                                    encoding
 *     UTF-16                              no byte is 0                             as if nothing were declared
 *     nothing, or anything but UTF-16     UTF-8 with characters beyond ASCII       UTF-8
 *     UTF-8                               not one valid character beyond ASCII     detected
 *     nothing                             UTF-16 markup                            UTF-16
 *     nothing                             others                                   detected
 *
 * Browsers take a late `<meta>` into account, too (HTML Standard, "changing the encoding while parsing"). Text in
 * another encoding is almost never valid UTF-8. Single bad bytes become U+FFFD.
 */
export function decodeHtml(bytes: Uint8Array, { charset, xml = false }: Declared = {}): Decoded {
  const early = earlyDeclaration(bytes, charset, xml);
  const ascii = bytes.every((byte) => byte < 0x80 && byte !== escapeByte);
  if (early === undefined && !xml && !ascii) {
    const page = parseAsLatin1(bytes);
    const declared = page && lateMeta(page);
    const encoding = correct(declared, bytes, page);
    return decodeAs(encoding, bytes, declared === undefined && encoding === fallback);
  }
  const declared = early ?? (xml ? 'utf-8' : undefined);
  return decodeAs(ascii ? (declared ?? fallback) : correct(declared, bytes), bytes, false);
}

/** Encodings that switch by escape sequences (ISO-2022-JP) consist of ASCII bytes. */
const escapeByte = 0x1b;
/** Text in another encoding may be valid UTF-8 by chance, but never with this number of three-byte characters. */
const minMultiByteProof = 5;

function earlyDeclaration(bytes: Uint8Array, charset: string | undefined, xml: boolean): string | undefined {
  const undeclared = 'none';
  const transport = charset === undefined ? {} : { transportLayerEncodingLabel: charset };
  const found = sniff(bytes, { ...transport, xml, defaultEncoding: undeclared }).toLowerCase();
  const isWrong = found.startsWith('utf-16') && !bytes.includes(0);
  return found === undeclared || isWrong ? (xmlDeclaration(bytes) ?? utf16Markup(bytes)) : found;
}

/** A page in UTF-16 without a byte order mark: its first tag has a NUL in every character (XML 1.0, appendix F). */
function utf16Markup([first, second]: Uint8Array): string | undefined {
  const tag = '<'.charCodeAt(0);
  if (first === tag && second === 0) return 'utf-16le';
  return first === 0 && second === tag ? 'utf-16be' : undefined;
}

/**
 * The encoding in `<?xml version="1.0" encoding="..."?>` (XML 1.0, appendix F). HTML pages may have this declaration,
 * too (HTML Standard, "xml encoding").
 */
function xmlDeclaration(bytes: Uint8Array): string | undefined {
  const start = latin1(bytes.subarray(0, 1_024));
  return readAsAscii(knownEncoding(/^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"'>]+)["'][^>]*\?>/.exec(start)?.[1]));
}

/** A declaration that was readable as ASCII is not in UTF-16 (HTML Standard, "prescan"). */
function readAsAscii(encoding: string | undefined): string | undefined {
  return encoding?.startsWith('utf-16') ? 'utf-8' : encoding;
}

/** In all remaining encodings markup is ASCII, so it can be parsed before the encoding is known. */
function parseAsLatin1(bytes: Uint8Array): Document | undefined {
  try {
    return parseHtml(latin1(bytes));
  } catch {
    return undefined;
  }
}

/** A `<meta>` anywhere in the page. */
function lateMeta(page: Document): string | undefined {
  let found: string | undefined;
  walk(page, (node) => {
    if (found === undefined && isElement(node) && node.tagName === 'meta') {
      const isPragma = attribute(node, 'http-equiv')?.toLowerCase() === 'content-type';
      const content = isPragma ? /charset\s*=\s*["']?\s*([^\s"';]+)/i.exec(attribute(node, 'content') ?? '') : null;
      found = knownEncoding(attribute(node, 'charset') ?? content?.[1]);
    }
    return isElement(node);
  });
  return readAsAscii(found);
}

function correct(declared: string | undefined, bytes: Uint8Array, page?: Document): string {
  const singleByte =
    declared === undefined || /^(?:windows-|iso-8859-|macintosh|koi8|ibm866|x-mac|x-user-defined)/.test(declared);
  if (declared?.startsWith('utf-16')) return declared;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // A few characters of a Chinese or Japanese encoding may be valid UTF-8 by chance.
    const isProof = singleByte || declared === 'utf-8' || count(text, /[\u0800-\uFFFF]/g) >= minMultiByteProof;
    return isProof ? 'utf-8' : declared;
  } catch {
    if (declared !== undefined && declared !== 'utf-8') return declared;
    const isPartlyUtf8 = /[^\0-\u007F\uFFFD]/u.test(new TextDecoder('utf-8').decode(bytes));
    return declared === 'utf-8' && isPartlyUtf8 ? 'utf-8' : detect(page ?? parseAsLatin1(bytes));
  }
}

/**
 * Guesses the encoding from the frequencies of letters. Markup is left out, because tags are ASCII in every encoding.
 */
function detect(page: Document | undefined): string {
  const [best] = page ? analyse(Buffer.from(pageText(page).slice(0, maxDetected), 'latin1')) : [];
  return (best && best.confidence >= minConfidence && knownEncoding(best.name)) || fallback;
}

/** The standard's name for a label; undefined for an unknown label. */
function knownEncoding(label: string | undefined): string | undefined {
  try {
    return label === undefined ? undefined : new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function decodeAs(wanted: string, bytes: Uint8Array, guessed: boolean): Decoded {
  const encoding = knownEncoding(wanted) ?? fallback;
  const text = new TextDecoder(encoding).decode(bytes);
  return { text, encoding, implausible: isImplausible(text, guessed) };
}

/**
 * The limit for the share of wrong-looking characters among those beyond ASCII. The same limit holds for the share of
 * wrong-looking words among words with accented letters.
 */
const maxImplausibleShare = 0.1;
const minImplausible = 3;

/**
 * True when many characters look wrong. Undecodable bytes and control characters count. If the encoding was guessed,
 * words with three accented letters in a row count, too: `ïðèâåò` is Cyrillic text that was read as Latin.
 */
function isImplausible(text: string, guessed: boolean): boolean {
  const beyondAscii = count(text, /[^\0-\u007F]/gu);
  const wrong = count(text, /[\uFFFD\u0080-\u009F\p{Cn}]/gu);
  if (wrong >= minImplausible && wrong > maxImplausibleShare * beyondAscii) return true;
  // UTF-16 without a byte order mark looks like this: in most scripts, every second byte is a control character.
  const controls = count(text, /[^\P{Cc}\t\n\f\r]/gu);
  if (controls >= minImplausible && controls > maxImplausibleShare * text.length) return true;
  if (!guessed) return false;
  const words = text.match(/[A-Za-z\u00C0-\u00FF]+/g) ?? [];
  const strange = words.filter((word) => /[\u00C0-\u00FF]{3}/.test(word)).length;
  return strange >= minImplausible && strange > maxImplausibleShare * words.length;
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found++;
  return found;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
