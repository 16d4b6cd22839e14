import { isInvisible, isSpace } from '../search/text/invisible.ts';
import { cutText } from '../shared/cut-text.ts';
import { isPageId, type CorpusPage } from './page.ts';

export type Checked = { readonly page: CorpusPage } | { readonly wrong: string; readonly detail?: string };

/**
 * The greatest lengths. An import refuses longer texts and a crawl cuts them, because they would fill every reply that
 * holds them.
 */
export const maxTitleCharacters = 2_000;
export const maxBodyCharacters = 1_000_000;
const maxKeywords = 1_000;
const maxLinks = 10_000;
const maxRelationCharacters = 200;

/**
 * Checks one parsed line of a pages file: `{ id, title, body?, text?, keywords?, url?, links? }`. `text` is another
 * name for `body`. Keywords are a list, or one text with commas. A link is an id or `{ id, relation }`. Any other line
 * is refused: `wrong` = the kind of mistake, `detail` = the value. White space, control characters and half surrogate
 * pairs are replaced; no other text is changed.
 */
export function checkPage(value: unknown): Checked {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { wrong: 'not a JSON object' };
  const given = value as Record<string, unknown>;
  const { id, title } = given;
  if (typeof id !== 'string') return { wrong: 'id must be a text', detail: show(id) };
  if (!isPageId(id)) return { wrong: 'id may hold 1 to 128 letters, digits and . _ ~ -', detail: show(id) };
  if (typeof title !== 'string' || visibleLine(title) === '')
    return { wrong: 'title must be a text', detail: show(title) };
  if (title.length > maxTitleCharacters) return { wrong: `title is longer than ${maxTitleCharacters} characters` };

  const body = given['body'] ?? given['text'] ?? '';
  if (typeof body !== 'string') return { wrong: 'body must be a text', detail: show(body) };
  if (body.length > maxBodyCharacters) return { wrong: `body is longer than ${maxBodyCharacters} characters` };

  const keywords = checkKeywords(given['keywords'] ?? []);
  if (keywords === undefined) return { wrong: 'keywords must be a list of texts', detail: show(given['keywords']) };

  const givenUrl = given['url'] ?? `/page/${id}`;
  const url = typeof givenUrl === 'string' ? givenUrl.toWellFormed() : '';
  if (!isAddress(url)) return { wrong: 'url must start with http://, https:// or /', detail: show(givenUrl) };

  const links = checkLinks(given['links'] ?? [], id);
  if (links === undefined)
    return { wrong: 'links must be a list of ids or { id, relation }', detail: show(given['links']) };

  return { page: { id, title: cleanLine(title), body: cleanText(body), keywords, url, links } };
}

function checkKeywords(given: unknown): string[] | undefined {
  const list: unknown[] = typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : [undefined];
  if (list.length > maxKeywords || !list.every((keyword) => typeof keyword === 'string')) return undefined;
  return [...new Set(list.map(cleanLine))].filter((keyword) => keyword !== '');
}

function checkLinks(given: unknown, self: string): CorpusPage['links'] | undefined {
  if (!Array.isArray(given) || given.length > maxLinks) return undefined;
  const links = new Map<string, CorpusPage['links'][number]>();
  for (const link of given as unknown[]) {
    const { id, relation } = (typeof link === 'string' ? { id: link } : (link ?? {})) as Record<string, unknown>;
    if (typeof id !== 'string' || !isPageId(id) || !['string', 'undefined'].includes(typeof relation)) return undefined;
    const name = cutText(cleanLine((relation as string | undefined) ?? ''), maxRelationCharacters) || 'links to';
    if (id !== self) links.set(`${id} ${name}`, { id, relation: name });
  }
  return [...links.values()];
}

/** True for an address that a browser opens as a page; false for `javascript:`. */
function isAddress(url: string): boolean {
  if (url.length > 2_000 || /[\s<>"\\\p{Cc}]/u.test(url)) return false;
  return /^\/(?!\/)/.test(url) || (/^https?:\/\//i.test(url) && URL.canParse(url));
}

/** Replaces characters that cannot be shown or stored: control characters and half surrogate pairs. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\n\t]/gu, ' ')
    .trim();
}

/** Control characters and white space. U+FEFF does not count as white space, because it occurs inside words. */
const lineBreakers = new RegExp(String.raw`(?:\p{Cc}|${isSpace})+`, 'gu');

/** Like `cleanText`, and joins all lines into one. */
export function cleanLine(text: string): string {
  return text.toWellFormed().replaceAll(lineBreakers, ' ').trim();
}

const visible = new RegExp(String.raw`(?!${isInvisible}|${isSpace}|\u200B|\u2800)[^]`, 'u');

/** Like `cleanLine`; empty when a reader would see nothing. Nobody can click on such a title. */
export function visibleLine(text: string): string {
  const line = cleanLine(text);
  return visible.test(line) ? line : '';
}

function show(value: unknown): string {
  const text = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${cutText(text, 57)}...` : text;
}
