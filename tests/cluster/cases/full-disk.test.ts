import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../../cli/paths.ts';
import { dataFolder, startCluster, tierlab, until } from '../../support/cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { twoPages } from '../../support/two-pages.ts';

const dataDir = await dataFolder(twoPages);

/** The topology `tiny` with a second ranking node. */
const tiny = JSON.parse(readFileSync(path.join(root, 'topologies', 'tiny.json'), 'utf8')) as {
  nodes: { name: string }[];
};
const nodes = tiny.nodes.map((group) => (group.name === 'ranking' ? { ...group, replicas: 2 } : group));
const moreRanking = path.join(dataDir, 'more-ranking.json');
writeFileSync(moreRanking, JSON.stringify({ ...tiny, nodes }));

/** A data folder on a small disk of its own, and a way to fill it to the last byte. Only root can make one. */
function smallDisk(): { dir: string; fill: () => void; empty: () => void } {
  const dir = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', dir]);
  onTestFinished(() => void (mounted.status === 0 && spawnSync('umount', ['-l', dir])));
  if (mounted.status !== 0) throw new Error(`no disk could be mounted: ${String(mounted.stderr)}`);
  const filler = path.join(dir, 'filler');
  return {
    dir,
    fill: () => void spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']),
    empty: () => rmSync(filler, { force: true }),
  };
}

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount) console.log('skipped: P3 mounts a small disk, which only root may do');

test.runIf(canMount)(
  'P3: on a full disk nothing crashes, the disk is named, reads go on, and it recovers',
  async () => {
    const disk = smallDisk();
    cpSync(dataDir, disk.dir, { recursive: true });
    const cluster = await startCluster({ dataDir: disk.dir, topology: 'tiny', env: { TIERLAB_CHAOS: '1' } });
    onTestFinished(() => cluster.stop('SIGTERM').then(() => undefined));
    const { flags } = cluster;
    const inject = (id: string) => {
      const fault = ['none', '--target', 'html-1', '--ttl', '1s', '--fault-id', id, '--beyond-tolerance'];
      return tierlab('chaos', 'inject', ...fault, '--abort-error-share', '1', ...flags);
    };
    await until(async () => (await inject('before')).code === 0);
    const before = await cluster.nodes();
    disk.fill();
    const full = /\bdisk of .* is full\b/;
    // The last page of the journal's file has room for a few lines.
    let lines = 0;
    const refused = await until(async () => {
      const result = await inject(`full-${++lines}`);
      return result.code === 0 ? undefined : result;
    }, 30_000);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(full) });
    await until(() => full.test(cluster.output()));
    const applied = await tierlab('apply', moreRanking, ...flags);
    expect(applied).toMatchObject({ code: 1, stderr: expect.stringMatching(full) });

    // A crash makes the monitors write, and the watchdog start a process.
    process.kill(before.find(({ id }) => id === 'query-1')!.pid!, 'SIGKILL');
    await until(async () => (await cluster.nodes()).every(({ state }) => state === 'ready'));
    await until(async () => (await fetch(`${cluster.gateway}/api/search?q=dog`)).ok);
    await until(async () => (await tierlab('incidents', '--json', ...flags)).stdout.includes('"crashed"'));
    const now = await cluster.nodes();
    const replaced = now.filter(({ pid }, i) => pid !== before[i]!.pid).map(({ id }) => id);
    expect(replaced).toEqual(['query-1']);

    disk.empty();
    await until(async () => (await inject('after')).code === 0);
    await until(() => cluster.output().includes('has room again'));
    const journal = await tierlab('chaos', 'journal', '--json', ...flags);
    expect(JSON.parse(journal.stdout)).toContainEqual(expect.objectContaining({ id: 'after', event: 'inject' }));
  },
);
