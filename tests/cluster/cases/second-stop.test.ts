import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dataFolder, isAlive, startCluster, tierlab, until } from '../../support/cluster.ts';
import { twoPages } from '../../support/two-pages.ts';

const dataDir = await dataFolder(twoPages);

test.each([['SIGINT'], ['SIGTERM'], ['SIGHUP']] as const)(
  'P4: a Ctrl-C while it is stopping after %s ends everything at once',
  async (first) => {
    const cluster = await startCluster({ dataDir, topology: 'tiny', env: { TIERLAB_CHAOS: '1' } });
    const { flags } = cluster;
    const nodes = await cluster.nodes();
    // An orderly stop waits for the search that is under way, and this one takes 4.5 s.
    const slow = ['limp.latency', '--target', 'ranking-1', '--mean-ms', '4500', '--ttl', '30s', '--beyond-tolerance'];
    expect((await tierlab('chaos', 'inject', ...slow, ...flags)).code).toBe(0);
    const search = fetch(`${cluster.gateway}/api/search?q=dog`).catch(() => undefined);
    await until(async () => /"applied": ?[1-9]/.test((await tierlab('chaos', 'list', '--json', ...flags)).stdout));
    cluster.process.kill(first);
    await until(() => cluster.output().includes('stopping'));
    const pressedAt = performance.now();
    // Within 400 ms it would count as a copy of the first one, which npm passes on.
    await until(() => performance.now() - pressedAt > 450);
    expect(await cluster.stop('SIGINT')).toBe(130);
    expect(performance.now() - pressedAt).toBeLessThan(3_000);
    await until(() => nodes.every(({ pid }) => !isAlive(pid!)), 2_000);
    expect(existsSync(path.join(cluster.runDir, 'cluster.json'))).toBe(false);
    expect(cluster.output().split('stopping')[1]).not.toContain('is started again');
    await search;
  },
);

test('P4: one Ctrl-C that arrives twice, as npm passes it on, is one', async () => {
  const cluster = await startCluster({ dataDir, topology: 'single-server' });
  cluster.process.kill('SIGINT');
  expect(await cluster.stop('SIGINT')).toBe(0);
});
