import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { createServer as createRpcServer } from '../../../shared/rpc/server.ts';
import { httpServerTransport } from '../../../shared/rpc/transports/http-server.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemRandom } from '../../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { normal } from '../../../shared/time/sim/distribution.ts';
import { leaf, type Times } from './leaf.ts';

/** One backend: argv its name. It sends its port over IPC, and receives how long its answers take from then on. */
const node = process.argv[2]!;
let times: Times = { meanMs: 1, deviationMs: 0, stragglerShare: 0, stragglerMs: 0 };
process.on('message', (message) => (times = message as Times));

const rpc = createRpcServer(node, []);
rpc.host({
  contract: leaf,
  handlers: {
    async read(_: unknown, { signal }: { signal: AbortSignal }) {
      const { meanMs, deviationMs, stragglerShare, stragglerMs } = times;
      const late = systemRandom.next() < stragglerShare;
      await sleep(systemScheduler, late ? stragglerMs : normal(meanMs, deviationMs)(systemRandom), signal);
      return {};
    },
  },
});
const listener = httpServerTransport(rpc, {
  node,
  clock: systemClock,
  random: systemRandom,
  log: pino({ level: 'warn' }),
});
const server = createServer(listener);
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
