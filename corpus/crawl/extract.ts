import { html } from 'parse5';
import { cleanLine, cleanText, visibleLine } from '../check-page.ts';
import { readDirectives, type RobotsDirectives } from './directives.ts';
import { userAgent } from './robots.ts';
import { isFurniture, inlineText, pageText } from './text.ts';
import { attribute, isElement, parseHtml, walk, type Document, type Element } from './tree.ts';
import { claimsXhtml, closeEmptyElements, parseXhtml } from './xhtml.ts';

/** A link as it is written in the page. */
export interface FoundLink {
  readonly href: string;
  /** True for a link in a menu, header or footer. It is followed, but it says nothing about the topic of the page. */
  readonly furniture: boolean;
  /** True when the author asks crawlers not to follow the link. */
  readonly nofollow: boolean;
}

/** The parts of an HTML page that readers and crawlers use. */
export interface Extract {
  readonly title: string;
  readonly text: string;
  readonly keywords: readonly string[];
  readonly links: readonly FoundLink[];
  /** The base of relative links, if the page declares one. */
  readonly base?: string;
  /** The canonical address that the page declares. */
  readonly canonical?: string;
  /** The address to which the page sends its reader after a few seconds at most. */
  readonly refresh?: string;
  readonly robots: RobotsDirectives;
}

/** A page that redirects after a longer time is meant to be read, so its redirect is ignored. */
const maxRefreshSeconds = 5;
const maxRefreshCharacters = 4_000;
const maxKeywords = 50;
/** Commas and semicolons: ASCII, Arabic, ideographic and full-width. */
const listCommas = /[,;\u060C\u061B\u3001\uFF0C\uFF1B]/;

interface ExtractOptions {
  /** The X-Robots-Tag headers, one entry per header line. */
  readonly robotsHeaders?: readonly string[];
  readonly refreshHeader?: string | undefined;
  /** True for XML, by media type or file name. */
  readonly xml?: boolean;
}

/** Extracts title, text, links and directives of a page. Any text is accepted as HTML. Throws only TooDeepError. */
export function extract(
  source: string,
  { robotsHeaders = [], refreshHeader, xml = false }: ExtractOptions = {},
): Extract {
  const document = parsePage(source, xml);
  const head = readHead(document);
  const meta = (name: string) => cleanLine(head.meta.get(name)?.[0] ?? '');
  const body = cleanText(pageText(document));
  const description = meta('description') || meta('og:description');
  const robotsMetas = ['robots', userAgent].flatMap((name) => head.meta.get(name) ?? []);
  const refresh = refreshTarget(refreshHeader ?? head.refresh);
  return {
    title: [head.title, head.heading, meta('og:title')].map(visibleLine).find((title) => title !== '') ?? '',
    // The author's summary comes first, unless the text already contains it.
    text: description === '' || body.includes(description) ? body : `${description}\n${body}`.trim(),
    keywords: [...new Set(meta('keywords').split(listCommas).map(cleanLine))]
      .filter((word) => word !== '')
      .slice(0, maxKeywords),
    links: head.links,
    ...(head.base === undefined ? {} : { base: head.base }),
    ...(head.canonical === undefined ? {} : { canonical: head.canonical }),
    ...(refresh === undefined ? {} : { refresh }),
    robots: readDirectives(robotsMetas, robotsHeaders),
  };
}

/** XHTML that is not well-formed is read as HTML, as other pages are. */
function parsePage(source: string, xml: boolean): Document {
  if (!xml && !claimsXhtml(source)) return parseHtml(source);
  return parseXhtml(source) ?? parseHtml(closeEmptyElements(source));
}

interface Head {
  title: string;
  heading: string;
  base?: string;
  canonical?: string;
  refresh?: string;
  /** Contents by name. A list, because an element may occur more than once. */
  readonly meta: Map<string, string[]>;
  readonly links: FoundLink[];
}

/** In broken pages, elements of the head may be anywhere. So the whole page is searched, once. */
function readHead(document: Document): Head {
  const head: Head = { title: '', heading: '', meta: new Map(), links: [] };
  let furniture = 0;
  walk(
    document,
    (node) => {
      if (!isElement(node)) return false;
      if (isFurniture(node)) furniture++;
      note(node, head, furniture > 0);
      return node.tagName !== 'template';
    },
    (element) => {
      if (isFurniture(element)) furniture--;
    },
  );
  return head;
}

function note(element: Element, head: Head, furniture: boolean): void {
  const href = attribute(element, 'href');
  const rel = (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/);
  switch (element.tagName) {
    case 'title':
      // The title inside an SVG is the title of the drawing, not of the page.
      if (element.namespaceURI !== html.NS.SVG) head.title ||= inlineText(element);
      return;
    case 'h1':
      head.heading ||= inlineText(element);
      return;
    case 'base':
      if (href !== undefined) head.base ??= href;
      return;
    case 'link':
      if (href !== undefined && rel.includes('canonical')) head.canonical ??= href;
      return;
    case 'meta': {
      const name = (attribute(element, 'name') ?? attribute(element, 'property') ?? '').toLowerCase();
      const content = attribute(element, 'content') ?? '';
      const contents = head.meta.get(name);
      if (contents) contents.push(content);
      else if (name !== '') head.meta.set(name, [content]);
      if (attribute(element, 'http-equiv')?.toLowerCase() === 'refresh') head.refresh ??= content;
      return;
    }
    case 'a':
    case 'area':
      if (href !== undefined) head.links.push({ href, furniture, nofollow: rel.includes('nofollow') });
      return;
    case 'frame':
    case 'iframe': {
      const src = attribute(element, 'src');
      if (src !== undefined) head.links.push({ href: src, furniture, nofollow: false });
    }
  }
}

/** `0; url=next.html` -> `next.html` (HTML Standard, "shared declarative refresh steps"). */
function refreshTarget(content: string | undefined): string | undefined {
  const start = content?.slice(0, maxRefreshCharacters) ?? '';
  const match = /^\s*(?:(\d+)(?:\.[\d.]*)?|\.[\d.]*)(?=[;,\s])\s*[;,]?\s*(.*)$/s.exec(start);
  if (match === null || Number(match[1] ?? 0) > maxRefreshSeconds) return undefined;
  const target = match[2]!.replace(/^url\s*=\s*/i, '').trim();
  const [quote] = target;
  if (quote !== '"' && quote !== "'") return target || undefined;
  const end = target.indexOf(quote, 1);
  return target.slice(1, end === -1 ? undefined : end);
}
