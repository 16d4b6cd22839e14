import { expect, test } from 'vitest';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { contract, operation } from '../../../shared/rpc/contract.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { queueMetrics } from '../../../shared/rpc/queue-metrics.ts';
import { serverLayers } from '../../../shared/rpc/server-layers.ts';
import { serverStats } from '../../../shared/rpc/server-stats.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { nodes, replyOf, testCall } from './layers/helpers.ts';
import Type from 'typebox';

const any = Type.Object({});
const ranking = contract('ranking', { read: operation({ summary: 'a read', request: any, response: any }) });

test.each(['resilient', 'naive'] as const)('under the policy %s, the waits of calls are measured', async (preset) => {
  const { clock, scheduler } = createSimulation(1);
  const metrics = createMetrics({}, { process: false });
  const policy = createPolicyHolder(preset);
  const queues = queueMetrics(metrics, { clock, hosted: ['ranking'], policy });
  const queue = { waitMs: () => 20 };
  const stats = serverStats(metrics, clock, [ranking], (call) => queues.waited(call, queue.waitMs()));
  const serve = serverLayers(policy, { clock, scheduler, queue }, { serverStats: stats })(async () => replyOf('r-1'));
  await serve(testCall());
  await serve(testCall({ priority: 'health' }));
  // A call from within the node has not waited.
  await serve(testCall({ endpoint: nodes('r-1')[0] }));
  const [waits] = await metrics.read('tierlab_rpc_queue_wait_seconds');
  expect(waits).toMatchObject({ labels: { component: 'ranking' }, value: 1 });
});
