import { maxDepth } from '../../search/limits.ts';

/** The page numbers that are offered. A `gap` stands for pages that are left out. */
export interface Paging {
  readonly current: number;
  readonly last: number;
  readonly previous: number | undefined;
  readonly next: number | undefined;
  readonly numbers: readonly (number | 'gap')[];
}

/** How many neighbours of the current page are offered on each side. Seven numbers in a row fit on a phone. */
const neighbours = 2;

/**
 * Paging over `total` results. Results beyond `maxDepth` cannot be reached, so they get no page. Undefined when there
 * is only one page.
 */
export function paging(total: number, page: number, size: number): Paging | undefined {
  const last = Math.max(1, Math.min(Math.ceil(total / size), Math.floor(maxDepth / size)));
  if (last === 1 && page === 1) return undefined;
  const current = Math.min(page, last);
  const from = Math.max(1, Math.min(current - neighbours, last - 2 * neighbours));
  const to = Math.min(last, Math.max(current + neighbours, 1 + 2 * neighbours));
  const numbers: (number | 'gap')[] = [];
  if (from > 1) numbers.push(1);
  // A gap that hides one page would take as much space as the page number.
  if (from === 3) numbers.push(2);
  else if (from > 3) numbers.push('gap');
  for (let number = from; number <= to; number++) numbers.push(number);
  if (to === last - 2) numbers.push(last - 1);
  else if (to < last - 2) numbers.push('gap');
  if (to < last) numbers.push(last);
  return {
    current,
    last,
    previous: page > 1 ? Math.min(page - 1, last) : undefined,
    next: page < last ? page + 1 : undefined,
    numbers,
  };
}
