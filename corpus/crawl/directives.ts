import { userAgent } from './robots.ts';

/** The directives of a page for crawlers. */
export interface RobotsDirectives {
  readonly noindex: boolean;
  readonly nofollow: boolean;
}

/** Directives that take a value after a colon. In a header, any other name before a colon is the name of a crawler. */
const valued = new Set(['max-snippet', 'max-image-preview', 'max-video-preview', 'unavailable_after']);

/**
 * The directives for this crawler and for all crawlers, from every robots meta element and every X-Robots-Tag header.
 * One `noindex` is enough. `metas` = contents of the elements named `robots` or after this crawler; `headers` = one
 * entry per header line, such as `noindex` or `otherbot: noindex, nofollow`.
 */
export function readDirectives(metas: readonly string[], headers: readonly string[]): RobotsDirectives {
  const names = new Set([...metas.flatMap(namesIn), ...headers.flatMap(namesInHeader)]);
  const none = names.has('none');
  return { noindex: none || names.has('noindex'), nofollow: none || names.has('nofollow') };
}

/** A crawler's name counts for the rest of its header line, or until the next crawler's name. */
function namesInHeader(header: string): string[] {
  let agent = '*';
  const found: string[] = [];
  for (const part of header.split(',')) {
    const [, name, rest = ''] = /^\s*([\w-]+)\s*:(.*)$/.exec(part) ?? [];
    const isAgent = name !== undefined && !valued.has(name.toLowerCase());
    if (isAgent) agent = name.toLowerCase();
    if (agent === '*' || agent === userAgent) found.push(...namesIn(isAgent ? rest : part));
  }
  return found;
}

/**
 * `noindex, max-image-preview:none` -> `noindex`. Some authors write a semicolon instead of the comma. The lookbehind
 * keeps the time linear: a long name without a colon is tried once, not from each of its letters.
 */
function namesIn(directives: string): string[] {
  return directives
    .toLowerCase()
    .replaceAll(/(?<![\w-])[\w-]+\s*:\s*[^\s,;]*/g, ' ')
    .split(/[\s,;]+/);
}
