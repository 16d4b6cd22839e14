import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../../cli/paths.ts';
import { dataFolder, freePortBase, tierlab } from '../../support/cluster.ts';
import { clusterForAll, twoPages } from '../../support/two-pages.ts';
import { listenAtPortBase, listenAt } from '../../support/listen.ts';

const entry = path.join(root, 'dist/tierlab.js');
const dataDir = await dataFolder(twoPages);

test.each<[does: string, type?: string, body?: string, status?: number]>([
  ['answers with a page', 'text/html', '<p>Hello'],
  ['answers with other JSON', 'application/json', '[]'],
  ['knows no /status, as a node', 'application/problem+json', JSON.stringify({ code: 'not_found' }), 404],
  ['never answers'],
])('Q6: a program that is no watchdog and %s is named', async (_, type, body, status = 200) => {
  const server = createServer((_request, response) => {
    if (type !== undefined) response.writeHead(status, { 'content-type': type }).end(body);
  });
  const port = await listenAtPortBase(server);
  const child = spawn(process.execPath, [entry, 'status'], {
    env: { ...process.env, TIERLAB_PORT_BASE: String(port) },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, said]).toEqual([1, expect.stringMatching(`\\b${port}\\b.*\\b${process.pid}\\b`)]);
});

describe('beside one cluster', () => {
  const cluster = clusterForAll(dataDir, 'single-server');

  test.each([['HTTP_PROXY'], ['http_proxy'], ['HTTPS_PROXY', 'HTTP_PROXY'], ['ALL_PROXY', 'http_proxy']])(
    'Q4: with %s a search asks the cluster directly',
    (...names) => {
      const proxy = Object.fromEntries(names.map((name) => [name, 'http://127.0.0.1:9']));
      const { status, stdout } = spawnSync(
        process.execPath,
        [entry, 'search', 'dog', '--port-base', String(cluster().portBase)],
        { encoding: 'utf8', env: { ...process.env, NODE_USE_ENV_PROXY: '1', ...proxy } },
      );
      expect([status, stdout]).toEqual([0, expect.stringContaining('dog')]);
    },
  );

  test('Q1: a start with another data folder says that a cluster runs there', async () => {
    const flags = ['--data', await dataFolder(twoPages), '--port-base', String(cluster().portBase)];
    const { code, stderr } = await tierlab('up', '--topology', 'single-server', ...flags);
    expect([code, stderr]).toEqual([1, expect.stringContaining('already running at port base')]);
  });
});

test('Q1: a start says that another program would answer at localhost', async () => {
  const portBase = await freePortBase();
  await listenAt(portBase + 1_080, createServer(), '::1');
  const flags = ['--data', dataDir, '--port-base', String(portBase)];
  const { code, stderr } = await tierlab('up', '--topology', 'tiny', ...flags);
  expect([code, stderr]).toEqual([1, expect.stringMatching(`\\b${portBase + 1_080}\\b.*\\bclient-1\\b.*::1`)]);
});

test('Q1: a run file whose process id belongs to another program now does not hide who holds the port', async () => {
  const portBase = await freePortBase();
  const dir = path.join(dataDir, 'run', String(portBase));
  mkdirSync(dir, { recursive: true });
  const stale = { pid: process.ppid, portBase, topology: 'tiny', topologySource: 'tiny', startedAt: '', token: 'x' };
  writeFileSync(path.join(dir, 'cluster.json'), JSON.stringify(stale));
  await listenAt(portBase, createServer());
  const { code, stderr } = await tierlab('up', '--data', dataDir, '--port-base', String(portBase));
  expect([code, stderr]).toEqual([1, expect.stringMatching(`\\b${portBase}\\b.*by process ${process.pid}\\b`)]);
});

test('Q1: of three starts at one moment, one runs; the others name it, and keep its log', async () => {
  const portBase = String(await freePortBase());
  const flags = ['--data', dataDir, '--port-base', portBase];
  const up = () => tierlab('up', '--topology', 'single-server', '--detach', ...flags);
  const ended = await Promise.all([up(), up(), up()]);
  const dir = path.join(dataDir, 'run', portBase);
  const logOfTheFirst = readFileSync(path.join(dir, 'up.log'), 'utf8');
  const late = await up();
  const logs = readdirSync(dir).filter((file) => file.endsWith('.log'));
  const log = readFileSync(path.join(dir, 'up.log'), 'utf8');
  const down = await tierlab('down', ...flags);
  expect(ended.filter(({ code }) => code === 0)).toHaveLength(1);
  expect(late.code).toBe(1);
  for (const { code, stderr } of [...ended, late])
    if (code !== 0) expect(stderr).toContain('already running at port base');
  expect(log.startsWith(logOfTheFirst)).toBe(true);
  expect(logs).toEqual(['up.log']);
  expect(down.code).toBe(0);
  expect(readdirSync(dir)).not.toContain('cluster.json');
});
