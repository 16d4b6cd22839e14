import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { paging } from '../../../services/html/paging.ts';
import { maxDepth } from '../../../search/limits.ts';

const row = (total: number, page: number, size = 10) =>
  paging(total, page, size)
    ?.numbers.map((number) => (number === 'gap' ? '…' : String(number)))
    .join(' ');

test.each([
  ['one page needs no paging', 10, 1, undefined],
  ['two pages', 11, 1, '1 2'],
  ['few pages are all there', 70, 4, '1 2 3 4 5 6 7'],
  ['the beginning of many', 500, 1, '1 2 3 4 5 … 50'],
  ['the middle of many', 500, 25, '1 … 23 24 25 26 27 … 50'],
  ['the end of many', 500, 50, '1 … 46 47 48 49 50'],
  ['a gap of one page is that page', 500, 5, '1 2 3 4 5 6 7 … 50'],
  ['beyond the last page, the last ones are offered', 120, 99, '1 … 8 9 10 11 12'],
  ['beyond a single page, that one is offered', 3, 2, '1'],
])('%s', (_name, total, page, expected) => {
  expect(row(total, page)).toBe(expected);
});

test('pages that no search reaches are not offered', () => {
  expect(paging(1_000_000, 1, 10)?.last).toBe(maxDepth / 10);
  expect(paging(1_000_000, 33, 30)).toMatchObject({ last: 33, next: undefined });
});

test('numbers rise, begin with 1, end with the last, and gaps hide at least two pages', () => {
  fc.assert(
    fc.property(
      fc.nat(5_000),
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 1, max: 100 }),
      (total, page, size) => {
        const pages = paging(total, page, size);
        if (!pages) return;
        expect(pages.numbers[0]).toBe(1);
        expect(pages.numbers.at(-1)).toBe(pages.last);
        expect(pages.numbers).toContain(pages.current);
        for (const [i, number] of pages.numbers.entries()) {
          if (i === 0 || number === 'gap') continue;
          const before = pages.numbers[i - 1]!;
          if (before === 'gap') expect(number - (pages.numbers[i - 2] as number)).toBeGreaterThan(2);
          else expect(number - before).toBe(1);
        }
      },
    ),
  );
});
