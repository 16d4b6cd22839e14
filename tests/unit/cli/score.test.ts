import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';

/** A file with one fault of app-1, from 1 s to 5 s. */
function journal(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'tierlab-score-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'journal.jsonl');
  const entry = { id: 'f1', kind: 'limp.latency', target: 'app-1' };
  const lines = [
    { at: 1_000, event: 'inject', ...entry },
    { at: 5_000, event: 'heal', ...entry },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

const doubt = {
  id: 'app-1-2000',
  node: 'app-1',
  stamps: { manifest: 2_000, detect: 2_000 },
  outcome: 'doubt',
  reasons: [],
  orders: [],
};
const logOf = (...incidents: object[]) => ({
  '/api/incidents': { monitor: 'monitor-1', since: 0, at: 60_000, incidents },
});

test('a suspicion that came to nothing is not shown among the incidents, and counts in the score as a doubt', async () => {
  await fakeCluster({ 'monitor-1': logOf(doubt) });
  expect((await run('incidents')).said).toMatch(/^0 incidents/);
  const score = await run('incidents', '--score', '--json', '--journal', journal());
  expect(JSON.parse(score.said)).toMatchObject({ confusion: { 'limp.latency': { doubt: 1 } }, censored: [] });
});

test('a suspicion without a name so far is a doubt, and no false alarm', async () => {
  await fakeCluster({
    'monitor-1': logOf({ ...doubt, outcome: 'open' }, { ...doubt, node: 'app-2', outcome: 'open' }),
  });
  const score = await run('incidents', '--score', '--json', '--journal', journal());
  expect(JSON.parse(score.said)).toMatchObject({ confusion: { 'limp.latency': { doubt: 1 } }, falseAlarms: [] });
});
