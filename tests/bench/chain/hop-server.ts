import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import pino from 'pino';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { createServer as createRpcServer } from '../../../shared/rpc/server.ts';
import { serverStats } from '../../../shared/rpc/server-stats.ts';
import { httpServerTransport } from '../../../shared/rpc/transports/http-server.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemRandom } from '../../../shared/time/random.ts';
import { echo } from './echo.ts';

/** The callee of one hop: argv `ours` or `bare` (plain Fastify). Sends its port over IPC. */
if (process.argv[2] === 'bare') {
  const server = Fastify();
  server.post('/rpc/echo/say', async (request) => request.body);
  await server.listen({ port: 0, host: '127.0.0.1' });
  process.send!({ port: (server.server.address() as AddressInfo).port });
} else {
  const metrics = createMetrics({ node: 'echo-1' }, { process: true });
  const rpc = createRpcServer('echo-1', [serverStats(metrics, systemClock, [echo])]);
  rpc.host({ contract: echo, handlers: { say: async (request: never) => request } as never });
  const listener = httpServerTransport(rpc, {
    node: 'echo-1',
    clock: systemClock,
    random: systemRandom,
    log: pino({ level: 'warn' }),
  });
  const server = createServer(listener);
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
}
process.on('disconnect', () => process.exit(0));
