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
 * The program that `withServers` starts calls this. It serves a contract over HTTP, on a free port that it tells its
 * parent. The process ends with its parent, in whatever way that ends.
 */
export function serveParent(hosted: Hosted, layers: readonly Layer[] = []): void {
  const node = process.argv[2]!;
  const rpc = createRpcServer(node, layers);
  rpc.host(hosted);
  const random = seededRandom(randomInt(2 ** 31));
  const server = createServer(httpServerTransport(rpc, { node, clock, random, log: pino({ level: 'silent' }) }));
  // Ctrl-C reaches all processes of a terminal. The parent stops this one when it is ready.
  ignoreTerminalSignals();
  process.once('disconnect', () => process.exit());
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}
