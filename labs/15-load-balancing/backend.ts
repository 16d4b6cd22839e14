/**
 * One back end, in a process of its own: a server on a free port that it tells its parent. The parent says when it is
 * slow. It ends with its parent, in whatever way that ends.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { createServer as createRpcServer } from '../../shared/rpc/server.ts';
import { httpServerTransport } from '../../shared/rpc/transports/http-server.ts';
import { systemClock as clock } from '../../shared/time/clock.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { backend } from '../kit/replica-group.ts';
import { slowMs, usual } from './model.ts';

const node = process.argv[2]!;
const rpc = createRpcServer(node);
const random = seededRandom(randomInt(2 ** 31));
let isSlow = false;
async function read(): Promise<object> {
  await sleep(systemScheduler, isSlow ? slowMs : usual(random));
  return {};
}
rpc.host({ contract: backend, handlers: { read } });
const server = createServer(httpServerTransport(rpc, { node, clock, random, log: pino({ level: 'silent' }) }));
process.on('message', (now: boolean) => (isSlow = now));
// Ctrl-C reaches all processes of a terminal. The parent stops this one when it is ready.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
