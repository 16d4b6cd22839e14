import { defaultTreeAdapter, parse, type DefaultTreeAdapterTypes } from 'parse5';

export type Document = DefaultTreeAdapterTypes.Document;
export type Element = DefaultTreeAdapterTypes.Element;
export type HtmlNode = DefaultTreeAdapterTypes.ChildNode;

/**
 * The greatest depth. Real pages do not nest deeper, and the time to parse a page grows with the square of its depth.
 */
export const maxTreeDepth = 1_000;

export class TooDeepError extends Error {
  constructor() {
    super(`elements nest deeper than ${maxTreeDepth}`);
    this.name = 'TooDeepError';
  }
}

/** Parses HTML like a browser, so any text gives a tree. Throws TooDeepError. */
export function parseHtml(html: string): Document {
  let depth = 0;
  return parse(html, {
    treeAdapter: {
      ...defaultTreeAdapter,
      onItemPush() {
        if (++depth > maxTreeDepth) throw new TooDeepError();
      },
      onItemPop() {
        depth--;
      },
    },
  });
}

export function isElement(node: HtmlNode): node is Element {
  return 'tagName' in node;
}

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

/**
 * Visits the tree in document order, without recursion. `enter` returns whether to visit the children; `leave` is
 * called after the children of an element.
 */
export function walk(
  root: Document | Element,
  enter: (node: HtmlNode) => boolean,
  leave: (element: Element) => void = () => {},
): void {
  const path: { element: Document | Element; next: number }[] = [{ element: root, next: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const node = top.element.childNodes[top.next++];
    if (node === undefined) {
      path.pop();
      if ('tagName' in top.element && top.element !== root) leave(top.element);
      continue;
    }
    if (enter(node) && isElement(node)) path.push({ element: node, next: 0 });
  }
}
