// oxlint-disable-next-line typescript/triple-slash-reference -- the package has no types, and a program may start from any file
/// <reference path="./html-encoding-sniffer.d.ts" />
import sniff from 'html-encoding-sniffer';

const fallback = 'windows-1252';

/**
 * HTML bytes as text. What the page or the server declares is believed (WHATWG encoding sniffing), unless the bytes prove it wrong:
 *
 *     declares nothing or a single-byte encoding, bytes are UTF-8 with at least one character beyond ASCII -> UTF-8
 *     declares UTF-8, bytes hold not one valid character beyond ASCII -> windows-1252, as browsers guess
 *
 * In other encodings valid UTF-8 beyond ASCII is next to never text. Single bad bytes become U+FFFD.
 */
export function decodeHtml(bytes: Uint8Array, charset?: string): { text: string; encoding: string } {
  const declared = sniff(bytes, charset === undefined ? {} : { transportLayerEncodingLabel: charset }).toLowerCase();
  const encoding = correct(declared, bytes);
  try {
    return { text: new TextDecoder(encoding).decode(bytes), encoding };
  } catch {
    // A label that the standard knows and this runtime does not.
    return { text: new TextDecoder(fallback).decode(bytes), encoding: fallback };
  }
}

function correct(declared: string, bytes: Uint8Array): string {
  const singleByte = /^(?:windows-|iso-8859-|macintosh|koi8|ibm866|x-mac|x-user-defined)/.test(declared);
  if (!singleByte && declared !== 'utf-8') return declared;
  if (bytes.every((byte) => byte < 0x80)) return declared;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    if (declared !== 'utf-8') return declared;
    return /[^\0-\u007F\uFFFD]/u.test(new TextDecoder('utf-8').decode(bytes)) ? 'utf-8' : fallback;
  }
}
