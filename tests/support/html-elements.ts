import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';

/** An element of a page, as the parser of a browser sees it. */
export interface HtmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

function textOf(node: Tree.Node): string {
  if (node.nodeName === '#text') return (node as Tree.TextNode).value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

/** All elements of a page, in the order of the document. */
export function elements(html: string): HtmlElement[] {
  const within = (node: Tree.Node): HtmlElement[] => {
    const below = 'childNodes' in node ? node.childNodes.flatMap(within) : [];
    if (!('tagName' in node)) return below;
    const attributes = Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]));
    return [{ tag: node.tagName, attributes, text: textOf(node).replaceAll(/\s+/g, ' ').trim() }, ...below];
  };
  return within(parse(html));
}
