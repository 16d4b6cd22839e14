import { expect, onTestFinished, test } from 'vitest';
import { dataFolder, until } from '../../support/cluster.ts';
import { pages, startRig, type Rig } from './rig.ts';

const dataDir = await dataFolder(pages);

async function rigFor(policy: unknown): Promise<Rig> {
  const rig = await startRig(dataDir);
  onTestFinished(rig.stop);
  await rig.policy(policy);
  return rig;
}

const always = { quorum: { when: 'always' } };
const cheers = { wrong: 0, failed: 0, why: '' };

test(
  'one liar per group, of any kind, makes no answer wrong under `always`, and is named',
  { timeout: 120_000 },
  async () => {
    const rig = await rigFor(always);
    expect(await rig.ordeal(1)).toMatchObject(cheers);
    const lies: [string, object, named: boolean][] = [
      ['byz.corrupt', {}, true],
      ['byz.corrupt', { how: 'syntactic' }, false],
      ['byz.rank', {}, true],
      ['byz.omit', {}, true],
      ['byz.replay', {}, true],
      ['byz.equivocate', {}, true],
      ['byz.stale', {}, false],
      ['byz.forge', { as: 'html-1' }, true],
    ];
    for (const [i, [kind, params, named]] of lies.entries()) {
      // Both groups at once. The first ones are out for a while, and innocent from then on; so the others are not put
      // out, and lie on.
      const replica = i === 0 ? 1 : 2 + (i % 2);
      const liars = [`ranking-${replica}`, `database-${replica}`];
      const before = rig.accusations(liars);
      const ends = await Promise.all(liars.map((liar) => rig.lie(liar, kind, params)));
      const count = await rig.ordeal(2);
      expect({ kind, ...count }).toMatchObject({ kind, ...cheers });
      for (const end of ends) await end();
      const after = rig.accusations(liars);
      if (named) expect([kind, after > before]).toEqual([kind, true]);
    }
    const evidence = (await rig.ops('app-1', '/admin/evidence')) as {
      disputes: { node: string; lie: { receipt: { node: string; signature: string } }; truth: object[] }[];
    };
    expect(evidence.disputes.length).toBeGreaterThan(0);
    for (const { node, lie, truth } of evidence.disputes) {
      expect(lie.receipt).toMatchObject({ node, signature: expect.any(String) as string });
      expect(truth.length).toBeGreaterThan(0);
    }
  },
);

test('under `sample`, few searches name a liar within 10 s, and all later answers are right', async () => {
  const rig = await rigFor('resilient');
  for (const kind of ['byz.rank', 'byz.corrupt'] as const) {
    const liar = kind === 'byz.rank' ? 'ranking-3' : 'database-1';
    await rig.lie(liar, kind);
    await until(async () => {
      // Both callers sample for themselves.
      const searches = ['cat', 'red', 'old', 'wild'].map((word) => rig.ask(`/api/search?q=dog+${word}`));
      await Promise.allSettled(searches);
      return rig.appsThatAccuse(liar) === 2;
    }, 10_000);
  }
  expect(await rig.ordeal(2)).toMatchObject(cheers);
});

test.runIf(process.platform === 'linux')(
  'nodes that only hold data are given no key that signs pages, and nobody another one’s',
  async () => {
    const rig = await rigFor('resilient');
    const environments = rig.environments();
    for (const [id, environment] of environments) {
      const holds = environment.has('TIERLAB_PROCESSING_KEY');
      expect([id, holds]).toEqual([id, id.startsWith('app-')]);
    }
    const own = [...environments.values()].map((environment) => environment.get('TIERLAB_NODE_KEY'));
    expect(new Set(own).size).toBe(own.length);
  },
);
