import { expect, test } from 'vitest';
import { fakeCluster } from './fake-cluster.ts';
import { dataWith } from './journal.ts';
import { rowsOf } from './output.ts';
import { run } from './run.ts';

const stamps = { manifest: 2_000, detect: 2_000 };
const doubt = { id: 'app-1-2000', node: 'app-1', stamps, outcome: 'doubt', reasons: [], orders: [] };

/** The score of a cluster with these incidents and one fault of app-1, from 1 s to 5 s. */
async function scoreOf(...incidents: object[]): Promise<unknown> {
  const log = { monitor: 'monitor-1', since: 0, at: 60_000, incidents };
  await fakeCluster({ 'monitor-1': { '/api/incidents': log } });
  const fault = { id: 'f1', kind: 'limp.latency', target: 'app-1' };
  const { journal } = dataWith([
    { at: 1_000, event: 'inject', ...fault },
    { at: 5_000, event: 'heal', ...fault },
  ]);
  return JSON.parse((await run('incidents', '--score', '--json', '--journal', journal)).said);
}

test('a suspicion without a diagnosis is no incident, and counts in the score as a doubt', async () => {
  expect(await scoreOf(doubt)).toMatchObject({ confusion: { 'limp.latency': { doubt: 1 } }, censored: [] });
  const { said } = await run('incidents');
  expect([said, rowsOf(said)]).toEqual([expect.stringMatching(/^0 /), []]);
});

test('incidents counts the open ones, and shows no detection where the doubt was the first sign', async () => {
  const limping = { ...doubt, verdict: 'limping', outcome: 'open' };
  const hung = { ...limping, id: 'app-2-1500', node: 'app-2', stamps: { manifest: 1_500, detect: 2_000 } };
  const log = { monitor: 'monitor-1', since: 0, at: 60_000, incidents: [limping, hung] };
  await fakeCluster({ 'monitor-1': { '/api/incidents': log } });
  const { said } = await run('incidents');
  expect(said).toMatch(/^2 incidents in .*, 2 open /);
  const rows = rowsOf(said).filter(({ outcome }) => outcome === 'open');
  expect(rows.map(({ node, detection }) => [node, detection])).toEqual([
    ['app-2', '0.50 s'],
    ['app-1', '-'],
  ]);
});

test('a suspicion without a name so far is a doubt, and no false alarm', async () => {
  const open = { ...doubt, outcome: 'open' };
  const score = await scoreOf(open, { ...open, node: 'app-2' });
  expect(score).toMatchObject({ confusion: { 'limp.latency': { doubt: 1 } }, falseAlarms: [] });
});
