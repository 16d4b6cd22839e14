import { createServer } from 'node:net';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  dataFolder,
  freePortBase,
  isAlive,
  startCluster,
  tierlab,
  until,
  type TestCluster,
  type TestPage,
} from '../../support/cluster.ts';
import { listenAt } from '../../support/listen.ts';

const pages: TestPage[] = [
  { id: 'dog', title: 'dog', body: 'a domestic animal that barks', links: ['cat'] },
  { id: 'cat', title: 'cat', body: 'a domestic animal that purrs', links: ['dog'] },
  { id: 'car', title: 'car', body: 'a machine with four wheels' },
];
const dataDir = await dataFolder(pages);

const search = async (cluster: TestCluster, q: string) => {
  const response = await fetch(`${cluster.gateway}/api/search?q=${encodeURIComponent(q)}`);
  return (await response.json()) as { total: number; results: { id: string }[] };
};

test.each(['SIGINT', 'SIGTERM'] as const)('after %s no process, port or run file is left', async (signal) => {
  const cluster = await startCluster({ dataDir });
  const nodes = await cluster.nodes();
  expect(await cluster.stop(signal)).toBe(0);
  expect(nodes.filter(({ pid }) => isAlive(pid!))).toEqual([]);
  for (const { port, opsPort } of nodes)
    for (const each of [port, opsPort]) await expect(fetch(`http://127.0.0.1:${each}/`)).rejects.toThrow();
  expect(existsSync(path.join(dataDir, 'run', String(cluster.portBase), 'cluster.json'))).toBe(false);
});

test('when the watchdog itself is killed its nodes end too', async () => {
  const cluster = await startCluster({ dataDir });
  const nodes = await cluster.nodes();
  await cluster.stop('SIGKILL');
  await until(() => nodes.every(({ pid }) => !isAlive(pid!)), 15_000);
  // What the killed one left behind does not keep the next one from starting.
  const next = await startCluster({ dataDir, portBase: cluster.portBase });
  await next.stop();
});

test('a killed node is restarted, and the search goes on', async () => {
  await using cluster = await startCluster({ dataDir });
  const before = (await cluster.nodes()).find(({ id }) => id === 'ranking-1')!;
  process.kill(before.pid!, 'SIGKILL');
  const after = await until(async () =>
    (await cluster.nodes()).find(({ id, pid, state }) => id === 'ranking-1' && state === 'ready' && pid !== before.pid),
  );
  expect(after!.pid).not.toBe(before.pid);
  await until(async () => (await search(cluster, 'domestic')).total === 2);
  expect(cluster.output()).toMatch(/\branking-1\b.*\bSIGKILL\b/);
});

test('a start on a taken port says which port, which node and which process', async () => {
  const portBase = await freePortBase();
  await listenAt(portBase + 100, createServer());
  const result = await tierlab('up', '--topology', 'tiny', '--data', dataDir, '--port-base', String(portBase));
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(new RegExp(`\\b${portBase + 100}\\b.*\\bmonitor-1\\b.*\\b${process.pid}\\b`));
});

test('a second start on the same ports says that a cluster runs, and disturbs nothing', async () => {
  await using cluster = await startCluster({ dataDir });
  const second = await tierlab('up', '--topology', 'tiny', '--data', dataDir, '--port-base', String(cluster.portBase));
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(new RegExp(`\\bport base ${cluster.portBase}\\b.*\\bprocess \\d+`));
  expect((await search(cluster, 'dog')).results[0]!.id).toBe('dog');
});

test('two clusters run side by side, one of them in one process', async () => {
  await using tiny = await startCluster({ dataDir });
  await using single = await startCluster({ dataDir, topology: 'single-server' });
  expect(await single.nodes()).toHaveLength(1);
  const [a, b] = await Promise.all([search(tiny, 'domestic animal'), search(single, 'domestic animal')]);
  expect(a.results).toEqual(b.results);
  expect(a.results.map(({ id }) => id)).toEqual(['cat', 'dog'].toSorted());
});

test('up --detach, status, search and down work together', async () => {
  const portBase = String(await freePortBase());
  const up = await tierlab('up', '--detach', '--topology', 'tiny', '--data', dataDir, '--port-base', portBase);
  try {
    expect(up).toMatchObject({ code: 0 });
    const status = await tierlab('status', '--json', '--port-base', portBase);
    const { topology, nodes } = JSON.parse(status.stdout) as { topology: string; nodes: Record<string, unknown>[] };
    expect(topology).toBe('tiny');
    expect(nodes).toHaveLength(9);
    expect(Object.keys(nodes[0]!)).toEqual(['id', 'components', 'port', 'opsPort', 'pid', 'state', 'restarts']);
    expect((await tierlab('search', 'dog', '--port-base', portBase)).stdout).toMatch(/dog/);
    expect(JSON.parse((await tierlab('search', 'dog', '--json', '--port-base', portBase)).stdout)).toMatchObject({
      query: 'dog',
      total: 1,
    });
  } finally {
    expect(await tierlab('down', '--data', dataDir, '--port-base', portBase)).toMatchObject({ code: 0 });
  }
  expect((await tierlab('status', '--port-base', portBase)).code).toBe(1);
});

test.each([
  [['nonsense'], 2, /no command "nonsense"/],
  [['up', '--topology', 'nonsense'], 2, /there are .*multitier/],
  [['up', '--port-base', 'high'], 2, /whole number/],
  [['node', 'nobody-1'], 2, /has no node nobody-1; it has monitor-1/],
  [['status', '--port-base', '1999'], 1, /no cluster answers.* name it with --port-base/],
  [['import'], 2, /which file/],
  [['import', '/nonexistent.jsonl'], 2, /There is no file/],
  [['crawl', '/nonexistent'], 2, /nonexistent/],
  [['search'], 2, /missing required argument/],
])('tierlab %j ends with %d and a clear line', async (args, code, words) => {
  const result = await tierlab(...args);
  expect(result.stderr).toMatch(words);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.code).toBe(code);
});

test('--help shows examples', async () => {
  const result = await tierlab('--help');
  expect(result.code).toBe(0);
  expect(result.stdout).toMatch(/Examples:/);
});

test('the watchdog takes orders only with the operator token, and only for its own nodes', async () => {
  await using cluster = await startCluster({ dataDir });
  const post = (where: string, token?: string) =>
    fetch(`http://127.0.0.1:${cluster.portBase}${where}`, {
      method: 'POST',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  expect((await post('/nodes/ranking-1/kill')).status).toBe(401);
  expect((await post('/nodes/ranking-1/kill', 'guess')).status).toBe(401);
  expect((await post('/shutdown', 'guess')).status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${cluster.portBase}/shutdown`)).status).toBe(405);
  expect(readdirSync(path.join(dataDir, 'run', String(cluster.portBase)))).toContain('cluster.json');
  expect((await cluster.nodes()).every(({ state }) => state === 'ready')).toBe(true);
});

test('a policy is changed while the cluster runs, a wrong one changes nothing, and a restart keeps it', async () => {
  await using cluster = await startCluster({ dataDir });
  const flags = ['--data', dataDir, '--port-base', String(cluster.portBase)];
  const inForce = async () => {
    const app = (await cluster.nodes()).find(({ id }) => id === 'app-1')!;
    return (await (await fetch(`http://127.0.0.1:${app.opsPort}/admin/policy`)).json()) as {
      hedge: unknown;
      retry: unknown;
    };
  };
  expect((await inForce()).hedge).not.toBe(false);
  expect(await tierlab('policy', 'naive', ...flags)).toMatchObject({ code: 0 });
  expect((await inForce()).hedge).toBe(false);
  const wrong = await tierlab('policy', '{"hedgehog":true}', ...flags);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/\bpolicy\.hedgehog\b/);
  expect(await tierlab('policy', '{"retry":true}', ...flags)).toMatchObject({ code: 0 });
  const changed = { hedge: false, retry: { maxAttempts: 3 } };
  expect(await inForce()).toMatchObject(changed);
  const { pid } = (await cluster.nodes()).find(({ id }) => id === 'app-1')!;
  process.kill(pid!, 'SIGKILL');
  await until(async () => {
    const app = (await cluster.nodes()).find(({ id }) => id === 'app-1')!;
    return app.state === 'ready' && app.pid !== pid;
  });
  expect(await inForce()).toMatchObject(changed);
  expect((await search(cluster, 'dog')).results[0]!.id).toBe('dog');
});
