import { expect, onTestFinished, test } from 'vitest';
import { dataFolder, startCluster, tierlab, until } from '../../support/cluster.ts';
import { operator } from '../chaos/operator.ts';
import { topologyFile } from '../../support/made-topology.ts';

const nodes = [
  { name: 'monitor', components: ['monitor'], replicas: 1 },
  { name: 'middle', components: ['app', 'query', 'ranking', 'html', 'database'], replicas: 2 },
  { name: 'door', components: ['gateway'], replicas: 1 },
];
/** On a busy machine, views were one to two seconds late. */
const lateMs = 3_000;

test(
  'a node that restarts runs until the last caller knows, however late its view is',
  { timeout: 120_000 },
  async () => {
    const dataDir = await dataFolder([{ id: 'dog', title: 'dog' }]);
    const topology = topologyFile(dataDir, 'late', nodes);
    const cluster = await startCluster({ dataDir, topology, env: { TIERLAB_CHAOS: '1' } });
    onTestFinished(() => void cluster.stop());
    const { opsPort } = await cluster.node('door-1');
    const params = { meanMs: lateMs, distribution: 'constant' };
    const scope = { operation: 'monitor.heartbeat', direction: 'reply' };
    const fault = { id: 'late', kind: 'net.delay', target: 'door-1', ttlMs: 90_000, owner: 'test', scope, params };
    const { order } = operator(cluster);
    expect((await order(opsPort, 'POST', '/admin/faults', fault)).status).toBe(200);
    const lease = setInterval(() => void order(opsPort, 'POST', '/admin/faults/renew', { owner: 'test' }), 1_000);
    onTestFinished(() => clearInterval(lease));

    const statuses: Promise<number>[] = [];
    const sender = setInterval(() => {
      const target = `${cluster.gateway}/api/search?q=dog%20${statuses.length}`;
      statuses.push(fetch(target).then(({ status }) => status));
    }, 40);
    onTestFinished(() => clearInterval(sender));
    await until(() => statuses.length > 25);
    const { code, stderr } = await tierlab('restart', '--rolling', ...cluster.flags);
    expect([code, stderr]).toEqual([0, '']);
    clearInterval(sender);

    const metrics = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
    const attempts = metrics.matchAll(/^tierlab_rpc_attempts_total\{([^}]*)\} ([1-9]\d*)$/gm);
    const codes = new Set([...attempts].map(([, labels]) => /code="(\w+)"/.exec(labels!)![1]));
    // No call met a closed port.
    expect(codes).toContain('ok');
    expect(codes).not.toContain('unreachable');
    expect(codes).not.toContain('connection_lost');
    expect([...new Set(await Promise.all(statuses))]).toEqual([200]);
  },
);
