import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { journalFileIn } from '../../../services/chaos/journal-file.ts';
import { objections } from '../../../services/chaos/safety.ts';
import { faultKinds } from '../../../shared/faults/kinds.ts';
import { noneInEffect, notFound, withFlag } from '../../../cli/chaos/words.ts';
import { runDir } from '../../../cli/run-file.ts';
import { nodes } from '../chaos/nodes.ts';
import { run } from './run.ts';

test('what the tolerance rules object to says how to insist, in the words of the command; nothing else does', () => {
  const wish = { id: 'f1', kind: 'limp.latency', casualties: ['gateway-1'], beyondTolerance: false };
  const other = { id: 'f0', kind: 'stop.kill', casualties: [] };
  const sentences = objections(wish, { enabled: true, nodes, active: [other] }).map(withFlag);
  expect(sentences).toHaveLength(2);
  for (const sentence of sentences) expect(sentence).toContain('--beyond-tolerance');
  expect(sentences.join()).not.toContain('beyondTolerance');
  for (const sentence of objections(wish, { enabled: false, nodes, active: [] })) expect(withFlag(sentence)).toBe(sentence);
});

test('where somebody is silent nobody claims that no fault is in effect', () => {
  expect([noneInEffect([]), noneInEffect(['query-1'])]).toEqual(['no fault is in effect', 'no fault is known of']);
  expect(notFound('f1', [])).toMatch(/no fault f1 is in effect/);
  expect(notFound('f1', ['query-1'])).toMatch(/no answer from query-1/);
});

test.each([...faultKinds.values()].map((kind) => [kind.kind, kind] as const))(
  'the help of %s says what each of its parameters means',
  async (name, { params }) => {
    const properties = Object.values((params as unknown as { properties: Record<string, { description?: string }> }).properties);
    const { said, exitCode } = await run('chaos', 'inject', name, '--help');
    const words = said.replaceAll(/\s+/g, ' ');
    for (const { description } of properties) expect(words).toContain(description ?? 'a description');
    expect([words.includes('400ms or 2s'), exitCode]).toEqual([true, 0]);
  },
);

test('a time to live that is too long is refused with the longest one', async () => {
  const { said, exitCode } = await run('chaos', 'inject', 'none', '--target', 'a', '--ttl', '2h');
  expect([said, exitCode]).toEqual(['tierlab: --ttl: at most 15m, not "2h"\n', 2]);
});

test('the journal is read from its file when nothing runs', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tierlab-journal-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(runDir(dir, 7_000), { recursive: true });
  const entry = { at: 1, event: 'heal', id: 'f1', kind: 'none', target: 'a' };
  writeFileSync(journalFileIn(runDir(dir, 7_000)), `${JSON.stringify(entry)}\n`);
  const { said, exitCode } = await run('chaos', 'journal', '--json', '--data', dir, '--port-base', '7000');
  expect([JSON.parse(said), exitCode]).toEqual([[entry], 0]);
});
