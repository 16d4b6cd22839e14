import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseJournal } from '../../../loadgen/journal/read.ts';
import { createJournal, unhealed } from '../../../services/chaos/journal.ts';
import { journalFileIn, journalLines, openJournalFile } from '../../../services/chaos/journal-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const clock = { now: () => 0, wall: () => 1_700_000_000_000 };

test('a new controller reads the journal of the first one, and knows its unhealed faults', () => {
  const file = journalFileIn(temporaryFolder());
  const first = openJournalFile(file);
  const journal = createJournal(clock, first.write);
  for (const target of ['a', 'b']) journal.note({ event: 'undo', id: 'f1', kind: 'stop.hang', target });
  journal.note({ event: 'heal', id: 'f1', kind: 'stop.hang', target: 'a', end: 'healed' });
  first.close();
  const past = createJournal(clock, () => undefined, journalLines(file));
  expect(unhealed(past.recent())).toEqual([{ id: 'f1', kind: 'stop.hang', target: 'b' }]);
});

test('the load generator reads the file as it is', () => {
  const file = journalFileIn(temporaryFolder());
  const output = openJournalFile(file);
  const journal = createJournal(clock, output.write);
  journal.note({ event: 'inject', id: 'f1', kind: 'net.drop', target: 'a', ttlMs: 10 });
  output.close();
  expect(parseJournal(readFileSync(file, 'utf8'))).toEqual([
    { at: 1_700_000_000_000, event: 'inject', id: 'f1', kind: 'net.drop', target: 'a' },
  ]);
});

test('the file is bounded: the lines before go to one other file, and both are read in order', () => {
  const file = journalFileIn(temporaryFolder());
  const output = openJournalFile(file);
  const line = (n: number) => `${JSON.stringify({ n, filler: 'x'.repeat(600_000) })}\n`;
  for (let n = 0; n < 20; n++) output.write(line(n));
  output.close();
  expect(statSync(file).size).toBeLessThan(6_000_000);
  const numbers = journalLines(file)
    .filter(Boolean)
    .map((text) => (JSON.parse(text) as { n: number }).n);
  expect(numbers.at(-1)).toBe(19);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(numbers.length).toBeLessThan(20);
});
