import { maxDepth } from '../../search/plan.ts';

/** Which page numbers to offer. A `gap` stands for the pages that are left out. */
export interface Paging {
  readonly current: number;
  readonly last: number;
  readonly previous: number | undefined;
  readonly next: number | undefined;
  readonly numbers: readonly (number | 'gap')[];
}

/** How many neighbours of the current page are offered on each side: seven numbers in a row still fit a phone. */
const neighbours = 2;

/**
 * Paging over `total` results; results beyond `maxDepth` cannot be reached, so they get no page. Undefined where one
 * page is all.
 */
export function paging(total: number, page: number, size: number): Paging | undefined {
  const last = Math.max(1, Math.min(Math.ceil(total / size), Math.floor(maxDepth / size)));
  if (last === 1 && page === 1) return undefined;
  const current = Math.min(page, last);
  const from = Math.max(1, Math.min(current - neighbours, last - 2 * neighbours));
  const to = Math.min(last, Math.max(current + neighbours, 1 + 2 * neighbours));
  const numbers: (number | 'gap')[] = [];
  if (from > 1) numbers.push(1);
  // A gap of one page would take the room of the page itself.
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
