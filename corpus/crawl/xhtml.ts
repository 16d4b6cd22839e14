import { defaultTreeAdapter, html, parseFragment } from 'parse5';
import { SaxesParser } from 'saxes';
import { maxTreeDepth, TooDeepError, type Document, type Element } from './tree.ts';

/** True for a page that declares that it is XHTML: by an XML declaration, its document type, or its namespace. */
export function claimsXhtml(source: string): boolean {
  const start = source.slice(0, 2_048);
  return [
    /^\s*<\?xml\b/i,
    /<!doctype\s+html\s[^>]*xhtml/i,
    /<html\b[^>]*\bxmlns\s*=\s*["']http:\/\/www\.w3\.org\/1999\/xhtml/i,
  ].some((sign) => sign.test(start));
}

const svg: string = html.NS.SVG;

/**
 * Parses a well-formed XHTML page by the rules of XML: `<script/>` and `<title/>` are empty elements. Undefined for a
 * page that is not well-formed. Throws TooDeepError.
 */
export function parseXhtml(source: string): Document | undefined {
  const adapter = defaultTreeAdapter;
  const document = adapter.createDocument();
  const path: (Document | Element)[] = [document];
  const parser = new SaxesParser({ xmlns: true });
  Object.assign(parser.ENTITIES, entitiesIn(source));
  parser.on('doctype', (doctype) => void Object.assign(parser.ENTITIES, declaredEntities(doctype, source)));
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (path.length > maxTreeDepth) throw new TooDeepError();
    const attrs = Object.values(attributes).map((attr) => ({ name: attr.local.toLowerCase(), value: attr.value }));
    const namespace = uri === svg ? html.NS.SVG : html.NS.HTML;
    const element = adapter.createElement(local.toLowerCase(), namespace, attrs);
    adapter.appendChild(path.at(-1)!, element);
    path.push(element);
  });
  parser.on('closetag', () => void path.pop());
  const addText = (text: string) => {
    if (path.length > 1) adapter.insertText(path.at(-1)!, text);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  let wellFormed = true;
  parser.on('error', (error) => {
    wellFormed = false;
    throw error;
  });
  try {
    parser.write(source.trimStart()).close();
    return document;
  } catch (error) {
    if (wellFormed) throw error;
    return undefined;
  }
}

/** XHTML knows HTML's named characters (`&nbsp;`); XML alone knows five. */
function entitiesIn(source: string): Record<string, string> {
  const names = new Set([...source.matchAll(/&([A-Za-z]\w*);/g)].map(([, name]) => name!));
  return Object.fromEntries(
    [...names]
      .map((name) => [name, decodeEntity(name)] as const)
      .filter(([name, text]) => text !== `&${name};` && !['lt', 'gt', 'amp', 'quot', 'apos'].includes(name)),
  );
}

/**
 * The entities that the document type declares as plain text. A page with other entities is not well-formed. Returns
 * none if the page would become more than twice as long, because a long entity that occurs often can fill any memory.
 */
function declaredEntities(doctype: string, source: string): Record<string, string> {
  const declarations = doctype.matchAll(/<!ENTITY\s+([\w.-]+)\s+(?:"([^"<&%]*)"|'([^'<&%]*)')\s*>/g);
  const texts = new Map([...declarations].map(([, name, one, two]) => [name!, one ?? two ?? '']));
  let added = 0;
  for (const [, name] of source.matchAll(/&([\w.-]+);/g)) added += texts.get(name!)?.length ?? 0;
  return added > source.length ? {} : Object.fromEntries(texts);
}

function decodeEntity(name: string): string {
  const [node] = parseFragment(`&${name};`).childNodes;
  return node && 'value' in node ? node.value : `&${name};`;
}

const voidElements = new Set(
  'area base basefont bgsound br col embed frame hr img input link meta param source track wbr'.split(' '),
);

/**
 * Turns XHTML with mistakes into HTML: empty elements get an end tag. HTML ignores the slash in `<script/>` and would
 * read the rest of the page as a script.
 */
export function closeEmptyElements(source: string): string {
  return source.replaceAll(
    /<([a-z][a-z0-9]*)((?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=]+))?)*)\s*\/>/gi,
    (tag, name: string, attributes: string) =>
      voidElements.has(name.toLowerCase()) ? tag : `<${name}${attributes}></${name}>`,
  );
}
