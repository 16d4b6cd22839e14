import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { ignoreTerminalSignals } from '../../shared/end-signals.ts';
import type { Layer } from '../../shared/rpc/call.ts';
import { createServer as createRpcServer, type Hosted } from '../../shared/rpc/server.ts';
import { httpServerTransport } from '../../shared/rpc/transports/http-server.ts';
import { systemClock as clock } from '../../shared/time/clock.ts';
import { seededRandom } from '../../shared/time/random.ts';

/**
 * Called by the program that `withServers` starts. Serves a contract over HTTP, on a free port, and tells the port to
 * the parent. The process ends when its parent ends, in whatever way.
 */
export function serveParent(hosted: Hosted, layers: readonly Layer[] = []): void {
  const node = process.argv[2]!;
  const rpc = createRpcServer(node, layers);
  rpc.host(hosted);
  const random = seededRandom(randomInt(2 ** 31));
  const server = createServer(httpServerTransport(rpc, { node, clock, random, log: pino({ level: 'silent' }) }));
  // Ctrl-C reaches all processes of a terminal. The parent handles it, and stops this process when the parent is ready.
  ignoreTerminalSignals();
  process.once('disconnect', () => process.exit());
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}
