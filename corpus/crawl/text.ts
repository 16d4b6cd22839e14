import { isSpace } from '../../search/text/invisible.ts';
import { attribute, isElement, walk, type Document, type Element } from './tree.ts';

/**
 * Elements that a browser does not show (HTML Standard, "hidden elements"). `annotation` = the source of a formula
 * beside the formula. They do not separate words: `wo<script></script>rd` is one word.
 */
const unseen = new Set(
  (
    'head title script style noscript template noembed noframes datalist rp param area base link meta ' +
    'annotation annotation-xml'
  ).split(' '),
);
/**
 * Elements that a browser shows, but whose content is not text of the page. Decoration (`aria-hidden`) is like them.
 * They separate words.
 */
const objects = new Set(
  'svg canvas iframe frameset object audio video select textarea button progress meter'.split(' '),
);
const heading = /^(?:h[1-6]|summary|legend)$/;

/** Elements that begin and end a line. All other elements are part of a line: `<b>bo</b>ld` is one word. */
const blocks = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p ' +
    'plaintext pre search section summary table tbody tfoot thead tr ul xmp br'
  ).split(' '),
);

/** Cells of a table are on one line. A tab separates their texts, so that no phrase matches across two cells. */
const cells = new Set(['td', 'th']);
const images = new Set(['img', 'input']);

const furnitureRoles = new Set(['navigation', 'banner', 'contentinfo', 'search', 'menu', 'menubar', 'toolbar']);
const furnitureNames = new RegExp(
  '^(?:nosearch|noprint|nav|navbar|navigation|nav(?:header|footer)|(?:main|sub|search|site|top)?-?menu|sidebar|' +
    'side-?nav|breadcrumbs?|(?:site|page)-?(?:header|footer)|footer|skip-?(?:link|nav|to-content))$',
  'i',
);

/** True for an element that surrounds the text on every page of a site: a menu, header or footer. */
export function isFurniture(element: Element): boolean {
  const { tagName } = element;
  if (tagName === 'nav' || tagName === 'footer' || tagName === 'search') return true;
  if (furnitureRoles.has(attribute(element, 'role') ?? '')) return true;
  const names = `${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`;
  return (
    names.length > 1 &&
    tagName !== 'body' &&
    tagName !== 'html' &&
    names.split(/\s+/).some((name) => furnitureNames.test(name))
  );
}

function isUnseen(element: Element): boolean {
  // Browsers show `until-found` when a reader searches for its text.
  const hidden = attribute(element, 'hidden');
  if (hidden !== undefined && hidden.toLowerCase() !== 'until-found') return true;
  return unseen.has(element.tagName);
}

/** A button inside a heading counts as text: it holds the words of a heading that opens and closes its section. */
function isObject(element: Element): boolean {
  const { tagName, parentNode } = element;
  if (attribute(element, 'aria-hidden') === 'true') return true;
  if (!objects.has(tagName)) return false;
  return !(tagName === 'button' && parentNode !== null && 'tagName' in parentNode && heading.test(parentNode.tagName));
}

/** The text of a page, one line per block. A page that consists of a menu has the text of the menu. */
export function pageText(document: Document): string {
  return collect(document, true) || collect(document, false);
}

/** The text inside one element, on one line. */
export function inlineText(element: Element): string {
  return collect(element, false).replaceAll(/[\n\t]/g, ' ');
}

const spaces = new RegExp(`${isSpace}+`, 'gu');

/** What separates the text of an element from the text around it. */
function separatorOf(element: Element): string {
  if (blocks.has(element.tagName)) return '\n';
  if (cells.has(element.tagName)) return '\t';
  return images.has(element.tagName) || isNoteMark(element) ? ' ' : '';
}

/** A footnote mark, such as `word<sup><a href="#n1">1</a></sup>`, is not part of the word. */
function isNoteMark({ tagName, childNodes }: Element): boolean {
  return tagName === 'sup' && childNodes.some((child) => isElement(child) && child.tagName === 'a');
}

function collect(root: Document | Element, withoutFurniture: boolean): string {
  const parts: string[] = [];
  /** Readings of characters stand above the line. So their text comes after the line: `東<rt>とう</rt>京` holds 東京. */
  let readings = '';
  let inReading = false;
  const add = (text: string) => {
    if (inReading) readings += text;
    else parts.push(text);
  };
  const addEdge = (element: Element) => {
    const separator = separatorOf(element);
    if (readings !== '' && /[\n\t]/.test(separator)) {
      parts.push(` ${readings}`);
      readings = '';
    }
    add(separator);
  };
  walk(
    root,
    (node) => {
      if (node.nodeName === '#text' && 'value' in node) add(node.value.replaceAll(spaces, ' '));
      if (!isElement(node)) return false;
      if (isUnseen(node)) return false;
      if (isObject(node) || (withoutFurniture && isFurniture(node))) {
        add(blocks.has(node.tagName) ? '\n' : ' ');
        return false;
      }
      addEdge(node);
      if (node.tagName === 'img') add(`${attribute(node, 'alt') ?? ''} `);
      if (node.tagName === 'rt') inReading = true;
      return true;
    },
    (element) => {
      if (element.tagName === 'rt') inReading = false;
      if (element.tagName === 'ruby') readings += ' ';
      addEdge(element);
    },
  );
  parts.push(` ${readings}`);
  return parts
    .join('')
    .replaceAll(/[ \u00A0]+/g, ' ')
    .replaceAll(/ ?\t[ \t]*/g, '\t')
    .replaceAll(/[ \t]*\n[ \t\n]*/g, '\n')
    .trim();
}
