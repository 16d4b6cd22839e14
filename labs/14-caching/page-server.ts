/**
 * A process that serves a store of pages over HTTP, on a free port that it tells its parent. It ends with its parent,
 * in whatever way that ends.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { createServer as createRpcServer } from '../../shared/rpc/server.ts';
import { httpServerTransport } from '../../shared/rpc/transports/http-server.ts';
import { systemClock as clock } from '../../shared/time/clock.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { createPageHandlers, pageStore } from './invalidation.ts';

const node = 'pages-1';
const rpc = createRpcServer(node);
rpc.host({ contract: pageStore, handlers: createPageHandlers() as never });
const random = seededRandom(randomInt(2 ** 31));
const server = createServer(httpServerTransport(rpc, { node, clock, random, log: pino({ level: 'silent' }) }));
// Ctrl-C reaches all processes of a terminal. The parent stops this one when it is ready.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
