import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, onTestFinished } from 'vitest';
import { dataFolder, freePortBase, startCluster, until } from '../../support/cluster.ts';
import { relay } from '../../support/relay.ts';
import { twoPages } from '../../support/two-pages.ts';

const tiny = fileURLToPath(new URL('../../../topologies/tiny.json', import.meta.url));
const words = ['dog', 'cat', 'animal', 'barks', 'purrs', 'house', 'domestic', 'dog cat', 'cat animal', '"house cat"'];

/** `tiny`, where the query node and the database are reached over a relay first, and directly when that is gone. */
function twoWays(dir: string): string {
  const topology = JSON.parse(readFileSync(tiny, 'utf8')) as { nodes: { name: string; routes?: object[] }[] };
  for (const group of topology.nodes)
    if (['query', 'database'].includes(group.name))
      group.routes = [{ portShift: 300, relayed: true }, { portShift: 200 }, {}];
  const file = path.join(dir, 'two-ways.json');
  writeFileSync(file, JSON.stringify({ ...topology, $schema: undefined, name: 'two-ways' }));
  return file;
}

test.each(['0', '1'])(
  'when one way to a node is cut under load, no request fails (TLS %s)',
  { timeout: 180_000 },
  async (tls) => {
    const dataDir = await dataFolder(twoPages);
    const portBase = await freePortBase();
    const ways = await Promise.all([101, 102].map((node) => relay(portBase + node + 300, portBase + node)));
    onTestFinished(async () => void (await Promise.all(ways.map((way) => way.close()))));
    const cluster = await startCluster({
      dataDir,
      topology: twoWays(dataDir),
      portBase,
      env: { TIERLAB_TLS: tls },
    });
    onTestFinished(async () => void (await cluster.stop()));

    const failures: string[] = [];
    let answered = 0;
    const over = new AbortController();
    const user = async (first: number): Promise<void> => {
      for (let i = first; !over.signal.aborted; i++) {
        const response = await fetch(`${cluster.gateway}/api/search?q=${encodeURIComponent(words[i % words.length]!)}`);
        const body = await response.text();
        if (response.ok) answered++;
        else failures.push(body);
      }
    };
    const users = [0, 3, 6].map(user);
    await until(() => answered > 60);
    expect(ways.map((way) => way.connections() > 0)).toEqual([true, true]);
    await Promise.all(ways.map((way) => way.close()));
    const before = answered;
    await until(() => answered > before + 150, 30_000);
    over.abort();
    await Promise.all(users);
    expect(failures).toEqual([]);
  },
);
