import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from '../../../corpus/lines.ts';
import { put } from './helpers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dir = temporaryFolder();

function linesOf(content: string | Uint8Array, maxLineBytes?: number) {
  const file = put(dir, 'lines.txt', content);
  const lines = [];
  // The bytes are a view of the read buffer: taken line by line, as readers do.
  for (const line of readLines(file, maxLineBytes)) lines.push({ ...line, bytes: Buffer.from(line.bytes).toString() });
  return lines;
}

test('lines end with a line feed, with or without a carriage return, or with the file', () => {
  expect(linesOf('a\nb\r\n\nd').map((line) => line.bytes)).toEqual(['a', 'b', '', 'd']);
  expect(linesOf('')).toEqual([]);
  expect(linesOf('\n').map((line) => line.bytes)).toEqual(['']);
});

test('lines know their number and where the next one starts', () => {
  expect(linesOf('ab\ncd').map(({ number, end }) => [number, end])).toEqual([
    [1, 3],
    [2, 5],
  ]);
});

test('a line that is too long is reported and dropped, and its neighbours are whole', () => {
  const long = 'x'.repeat(3_000_000);
  const lines = linesOf(`before\n${long}\nafter\n${long}`, 1_000);
  expect(lines.map(({ bytes, tooLong }) => [bytes, tooLong])).toEqual([
    ['before', false],
    ['', true],
    ['after', false],
    ['', true],
  ]);
});

test('files beyond the read buffer split like text in memory', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.nat({ max: 400_000 }).map((length) => 'y'.repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const clean = lines.map((text) => text.replaceAll(/[\r\n]/g, ' '));
      const read = linesOf(`${clean.join('\n')}\n`).map((each) => each.bytes);
      // Compared as a whole, not shown: a difference would be megabytes long.
      expect(JSON.stringify(read) === JSON.stringify(clean.length === 0 ? [''] : clean)).toBe(true);
    }),
    { numRuns: 40 },
  );
});
