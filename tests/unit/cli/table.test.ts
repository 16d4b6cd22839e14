import { expect, test } from 'vitest';
import { shareWithNines } from '../../../cli/share-with-nines.ts';
import { table } from '../../../cli/table.ts';
import { timeSpan } from '../../../shared/time-span.ts';

test.each([
  [undefined, '-'],
  [0, '0.00 s'],
  [420, '0.42 s'],
  [9_994, '9.99 s'],
  [12_340, '12.3 s'],
  [250_000, '4 min 10 s'],
  [3_570_000, '59 min 30 s'],
  [3_600_000, '1 h 0 min'],
  [7_500_000, '2 h 5 min'],
])('%s ms reads %s', (ms, text) => expect(timeSpan(ms)).toBe(text));

test.each([
  [1, '100%'],
  [0.95, '95.0%'],
  [0.999_994, '99.9994%'],
  [0.9949, '99.49%'],
  [0, '0.0%'],
])('%d reads %s: never rounded up', (value, text) => expect(shareWithNines(value)).toBe(text));

test('columns are as wide as their widest cell, and colour does not count', () => {
  const rows = [
    { name: 'a', n: 5 },
    { name: 'longer', n: 1_000 },
  ];
  const lines = table(rows, [
    { head: 'name', text: ({ name }) => name, paint: () => (text) => `<${text}>` },
    { head: 'n', text: ({ n }) => String(n), align: 'right' },
  ]);
  expect(lines).toEqual(['name       n', '<a     >     5', '<longer>  1000']);
});
