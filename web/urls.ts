import type { Style } from '../search/making.ts';

/** The options of a search besides its query; every link of its page keeps them. Absent = the default. */
export interface SearchOptions {
  readonly page?: number;
  readonly size?: number;
  readonly explain?: boolean;
  readonly style?: Style | undefined;
}

export const defaultPageSize = 10;

/** `/search?...` without default values, so that addresses stay short. */
export function searchUrl(q: string, options: SearchOptions = {}): string {
  const { page = 1, size = defaultPageSize, explain = false, style } = options;
  const parameters = new URLSearchParams({ q: q.toWellFormed() });
  if (page !== 1) parameters.set('page', String(page));
  if (size !== defaultPageSize) parameters.set('size', String(size));
  if (explain) parameters.set('explain', 'true');
  if (style !== undefined) parameters.set('style', style);
  return `/search?${parameters}`;
}

export function pageUrl(id: string): string {
  return `/page/${encodeURIComponent(id)}`;
}

/** The address under which a search page shows its own trace; it leads to the console. */
export function traceUrl(requestId: string): string {
  return `/trace/${encodeURIComponent(requestId)}`;
}

/**
 * `url` when it leads to the web, else undefined: a page from outside must not make a link run a script (`javascript:`
 * ...).
 */
export function webAddress(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:') ? parsed.href : undefined;
}
