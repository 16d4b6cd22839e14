import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { serveParent } from '../../../labs/kit/serve-parent.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { serverStats } from '../../../shared/rpc/server-stats.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { echo } from './echo.ts';

/** The callee of one hop: argv its name, or `bare` for plain Fastify. Sends its port over IPC. */
const node = process.argv[2]!;
if (node === 'bare') {
  const server = Fastify();
  server.post('/rpc/echo/say', async (request) => request.body);
  await server.listen({ port: 0, host: '127.0.0.1' });
  process.send!((server.server.address() as AddressInfo).port);
  process.on('disconnect', () => process.exit(0));
} else {
  const metrics = createMetrics({ node }, { process: true });
  const hosted = { contract: echo, handlers: { say: async (request: never) => request } as never };
  serveParent(hosted, [serverStats(metrics, systemClock, [echo])]);
}
