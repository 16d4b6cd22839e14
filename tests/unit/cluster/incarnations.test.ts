import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openIncarnations } from '../../../shared/cluster/watchdog/incarnations.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function temporary(): string {
  return path.join(temporaryFolder(), 'deep', 'watchdog');
}

const quiet = (text: string) => expect.unreachable(text);

test('numbers grow by one, beyond a block, and over any number of watchdogs that were killed', () => {
  const file = temporary();
  let before = 0;
  for (let life = 0; life < 5; life++) {
    const next = openIncarnations(file, quiet);
    const numbers = Array.from({ length: 150 }, next);
    expect(numbers[0]).toBeGreaterThan(before);
    expect(numbers).toEqual(Array.from({ length: 150 }, (_, i) => numbers[0]! + i));
    before = numbers.at(-1)!;
  }
});

test('what was handed out was written before', () => {
  const file = temporary();
  const next = openIncarnations(file, quiet);
  for (let i = 0; i < 200; i++) expect(next()).toBeLessThanOrEqual(Number(readFileSync(file, 'utf8')));
});

test.each(['', 'x', '-1', '1.5', '9007199254740993', '1 2'])('a file with "%s" is refused in words', (content) => {
  const file = temporary();
  openIncarnations(file, quiet)();
  writeFileSync(file, content);
  expect(() => openIncarnations(file, quiet)).toThrow(/is damaged/);
});

test('a disk that cannot be written is reported once, and the numbers still grow', () => {
  const file = temporary();
  const troubles: string[] = [];
  mkdirSync(`${file}.${process.pid}.draft`, { recursive: true });
  const next = openIncarnations(file, (text) => troubles.push(text));
  expect([next(), next(), next()]).toEqual([1, 2, 3]);
  expect(troubles).toEqual([expect.stringContaining('cannot be written')]);
  rmSync(`${file}.${process.pid}.draft`, { recursive: true });
  next();
  expect(openIncarnations(file, quiet)()).toBeGreaterThan(4);
});
