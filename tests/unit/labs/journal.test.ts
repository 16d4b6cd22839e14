import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, test } from 'vitest';
import { homeAt } from '../../../labs/runner/home.ts';
import { openJournal, readLabJournal, refusal } from '../../../labs/runner/journal.ts';
import { type Life, lifeOf } from '../../../labs/runner/life.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const labsFolder = path.resolve(import.meta.dirname, '../../../labs');
const folder = temporaryFolder();
const home = homeAt(folder);
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

// Where there is no /proc, only the id tells processes apart.
describe.runIf(lifeOf(process.pid))('the process of a journal', () => {
  const own = lifeOf(process.pid)!;
  const leave = (life: Life): void => {
    mkdirSync(home.state, { recursive: true });
    writeFileSync(home.journal, JSON.stringify({ lab: '10', runner: process.pid, life, phase: 'running' }));
  };

  test('runs while it is the one that wrote it', () => {
    leave(own);
    expect(refusal(home)).toMatch(new RegExp(`\\blab 10\\b.*\\b${process.pid}\\b`));
  });

  test('has ended when another process has its id now, as in a container that was started again', () => {
    leave({ ...own, startedAt: own.startedAt - 1 });
    expect(refusal(home)).toMatch(/\blab 10\b.*\bkilled\b/);
  });

  test('in another container runs as long as it touches the journal', () => {
    leave({ ...own, among: 'pid:[1]' });
    expect(refusal(home)).toContain('lab 10 is running');
    const before = Date.now() / 1_000 - 11;
    utimesSync(home.journal, before, before);
    expect(refusal(home)).toMatch(/\blab 10\b.*\bkilled\b/);
  });
});

test('a journal that cannot be read is named, and no lab starts', () => {
  mkdirSync(home.state, { recursive: true });
  writeFileSync(home.journal, '{');
  expect(() => openJournal(home, '10', () => undefined)).toThrow(home.journal);
});
