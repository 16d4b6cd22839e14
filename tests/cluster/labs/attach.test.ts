import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { limping } from '../../../labs/26-limping/lab.ts';
import { homeAt } from '../../../labs/runner/home.ts';
import type { LabJournalEntry } from '../../../labs/runner/journal.ts';
import type { Lab, LiveContext } from '../../../labs/runner/lab.ts';
import { restoreLeft } from '../../../labs/runner/restore.ts';
import { runLab } from '../../../labs/runner/run.ts';
import { LabUnknownError } from '../../../labs/runner/errors.ts';
import { startCluster, type TestCluster, until } from '../../support/cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const home = homeAt(path.join(folder, 'home'));
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ dataDir: folder, topology: 'multitier', env: { TIERLAB_CHAOS: '1' } });
});

const node = 'ranking-2';
const place = () => ({ portBase: cluster.portBase, data: folder });
const token = (): string =>
  (
    JSON.parse(readFileSync(path.join(folder, 'run', String(cluster.portBase), 'cluster.json'), 'utf8')) as {
      token: string;
    }
  ).token;

async function ops(where: string, init: RequestInit = {}): Promise<unknown> {
  const { opsPort } = (await cluster.nodes()).find(({ id }) => id === node)!;
  const headers = { authorization: `Bearer ${token()}`, 'content-type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${opsPort}${where}`, { headers, ...init });
  return response.json();
}
const policy = () => ops('/admin/policy');
const faults = async () => ((await ops('/admin/faults')) as { active: { fault: { kind: string } }[] }).active;

/** A lab that changes a policy, breaks a node, and does `then`. */
const meddling = (then: (context: LiveContext) => Promise<void> | void): Lab => ({
  ...limping,
  async live(_, context) {
    const attached = await context.cluster({});
    await attached.policy(node, { retry: false, fixedDetector: true });
    await attached.inject(node, { kind: 'limp.latency', params: { meanMs: 50 } });
    await then(context);
    return { points: [], checks: [], timeline: [] };
  },
});

/** A busy machine refuses to start a lab, so it is tried again for a minute. */
async function run(lab: Lab, said: string[] = []): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  for (;;)
    try {
      await runLab({
        lab,
        form: 'live',
        owner: {},
        home,
        attach: place(),
        signal: new AbortController().signal,
        predict: () => Promise.resolve(undefined),
        on: (event) => void (event.kind === 'say' && said.push(event.text)),
      });
      return;
    } catch (error) {
      if (!(error instanceof LabUnknownError) || performance.now() > giveUpAt) throw error;
    }
}

test('a lab on the cluster that is up says where to look, and puts everything back, also when it fails', async () => {
  const before = await policy();
  const said: string[] = [];
  let during: unknown;
  const look = async (): Promise<void> => {
    during = { policy: await policy(), faults: (await faults()).map(({ fault: { kind } }) => kind) };
  };
  await run(meddling(look), said);
  expect(during).toMatchObject({ policy: { retry: false }, faults: ['limp.latency'] });
  expect(said.join(' ')).toMatch(/127\.0\.0\.1:3000\/d\/tierlab-resilience.*Who is left out/);
  expect(await policy()).toEqual(before);
  expect(await faults()).toEqual([]);

  const failing = meddling(() => Promise.reject(new Error('this lab fails')));
  await expect(run(failing)).rejects.toThrow('this lab fails');
  expect(await policy()).toEqual(before);
  expect(await faults()).toEqual([]);
}, 120_000);

test('a node that the lab has killed has its policy again', async () => {
  await ops('/admin/policy', { method: 'POST', body: JSON.stringify({ hedge: false }) });
  const before = await policy();
  await run({
    ...limping,
    async live(_, { cluster: own }) {
      const attached = await own({});
      await attached.inject(node, { kind: 'stop.kill', params: {} });
      await until(async () => (await attached.restarts(node)) > 0, 20_000);
      return { points: [], checks: [], timeline: [] };
    },
  });
  expect(await policy()).toEqual(before);
  await until(async () => (await cluster.nodes()).every(({ state }) => state === 'ready'), 20_000);
}, 120_000);

test('restore puts back what a killed runner has left', async () => {
  const before = await policy();
  let journal: LabJournalEntry | undefined;
  await run(meddling(() => void (journal = JSON.parse(readFileSync(home.journal, 'utf8')) as LabJournalEntry)));
  expect(Object.keys(journal!.attached!.changes.policies)).toContain(node);
  // The runner died after it had changed the policy, and before it put it back.
  await ops('/admin/policy', { method: 'POST', body: JSON.stringify({ retry: false }) });
  writeFileSync(home.journal, JSON.stringify({ ...journal!, runner: 2 ** 22 + 1 }));
  expect((await restoreLeft(home))?.lab).toBe('26');
  expect(await policy()).toEqual(before);
}, 120_000);

test('a cluster with a fault in effect is refused before anything is changed', async () => {
  const before = await policy();
  const fault = {
    id: 'somebody',
    kind: 'limp.latency',
    target: node,
    params: { meanMs: 5 },
    ttlMs: 60_000,
    owner: 'me',
  };
  await ops('/admin/faults', { method: 'POST', body: JSON.stringify(fault) });
  await expect(run(limping)).rejects.toThrow(
    /the fault somebody \(limp\.latency at ranking-2\) is in effect.*chaos halt/,
  );
  await ops('/admin/faults/somebody', { method: 'DELETE' });
  expect(await policy()).toEqual(before);
}, 120_000);
