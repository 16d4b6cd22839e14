import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { homeAt } from '../../../labs/runner/home.ts';
import { openJournal, readLabJournal } from '../../../labs/runner/journal.ts';

const labsFolder = path.resolve(import.meta.dirname, '../../../labs');
const folder = mkdtempSync(path.join(tmpdir(), 'tierlab-journal-'));
const home = homeAt(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(home.state, { recursive: true, force: true }));

/** Opens the journal at the first line of its input, says how that went, and lives until its input ends. */
const runner = `
import { homeAt } from '${labsFolder}/runner/home.ts';
import { openJournal } from '${labsFolder}/runner/journal.ts';
const home = homeAt('${folder}');
process.stdin.once('data', () => {
  try {
    openJournal(home, '10', () => {});
    console.log('opened');
  } catch (error) {
    console.log(error.message);
  }
});
process.stdin.resume();
console.log('ready');
`;

test('of the runners that start at the same moment, one opens the journal, and the others name it', async () => {
  const runners = Array.from({ length: 6 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', runner], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  try {
    const next = () => Promise.all(runners.map(async ({ lines }) => (await lines.next()).value as string));
    expect(new Set(await next())).toEqual(new Set(['ready']));
    for (const { child } of runners) child.stdin.write('\n');
    const said = await next();
    expect(said.filter((line) => line === 'opened')).toHaveLength(1);
    const { pid } = runners[said.indexOf('opened')]!.child;
    const refused = `lab 10 is running in process ${pid}; wait until it has ended`;
    expect(said.filter((line) => line !== 'opened')).toEqual(Array.from({ length: 5 }, () => refused));
    expect(readLabJournal(home)).toMatchObject({ lab: '10', runner: pid });
  } finally {
    for (const { child } of runners) child.kill('SIGKILL');
  }
});

test('a journal that cannot be read is named, and no lab starts', () => {
  mkdirSync(home.state, { recursive: true });
  writeFileSync(home.journal, '{');
  expect(() => openJournal(home, '10', () => undefined)).toThrow(`${home.journal} cannot be read`);
});
