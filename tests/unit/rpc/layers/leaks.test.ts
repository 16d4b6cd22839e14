import { createServer } from 'node:http';
import pino from 'pino';
import Type from 'typebox';
import { expect, test } from 'vitest';
import { compose } from '../../../../shared/rpc/call.ts';
import { contract, operation } from '../../../../shared/rpc/contract.ts';
import { asRpcError, RpcError } from '../../../../shared/rpc/errors.ts';
import { createPolicyHolder } from '../../../../shared/rpc/policy.ts';
import { clientLayers } from '../../../../shared/rpc/client-layers.ts';
import { serverLayers } from '../../../../shared/rpc/server-layers.ts';
import { createServer as createRpcServer } from '../../../../shared/rpc/server.ts';
import { httpClientTransport } from '../../../../shared/rpc/transports/http-client.ts';
import { httpServerTransport } from '../../../../shared/rpc/transports/http-server.ts';
import { systemClock as clock } from '../../../../shared/time/clock.ts';
import { seededRandom } from '../../../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../../../shared/time/scheduler.ts';
import { createTimerWheel } from '../../../../shared/time/wheel.ts';
import { nothingHeld } from '../../../support/held-resources.ts';
import { testCall } from './helpers.ts';
import { listen } from '../../../support/listen.ts';

const echo = contract('echo', {
  say: operation({
    summary: 'says it again',
    request: Type.Object({ id: Type.Integer() }),
    response: Type.Object({ id: Type.Integer() }),
  }),
});

test('5,000 calls over real sockets, many of which fail or are left, leave nothing behind', async () => {
  await nothingHeld();
  const random = seededRandom(1);
  // Without this, an open circuit or the throttle would answer most calls of a busy machine, and not the sockets.
  const policy = createPolicyHolder({ breaker: false, throttle: false });
  const log = pino({ level: 'silent' });
  let working = 0;
  const rpc = createRpcServer('echo-1', [serverLayers(policy, { clock, scheduler: systemScheduler })]);
  const say = async ({ id }: { id: number }, { signal }: { signal: AbortSignal }) => {
    working++;
    try {
      if (id % 50 === 1) throw new RpcError('internal', 'the disk is full');
      await sleep(systemScheduler, id % 100 === 2 ? 10_000 : 1, signal);
      return { id };
    } finally {
      working--;
    }
  };
  rpc.host({ contract: echo, handlers: { say } as never });
  const server = createServer(httpServerTransport(rpc, { node: 'echo-1', clock, random, log }));
  const port = await listen(server);

  const wheel = createTimerWheel({ clock, scheduler: systemScheduler });
  const http = httpClientTransport({ node: 'caller', clock });
  const replicas = [
    { node: 'echo-1', host: '127.0.0.1', port },
    // Nobody listens here.
    { node: 'echo-2', host: '127.0.0.1', port: 1 },
  ];
  const service = compose(
    clientLayers(policy, { clock, random, scheduler: wheel, endpoints: () => replicas }),
    http.send,
  );
  const codes: Record<string, number> = {};
  let settled = 0;

  async function send(id: number): Promise<void> {
    const controller = new AbortController();
    if (id % 40 === 3) wheel.after(2, () => controller.abort());
    const call = testCall({
      component: 'echo',
      operation: echo.operations.say,
      request: { id },
      requestId: `r${id}`,
      trace: { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', sampled: false },
      deadlineAt: clock.now() + (id % 30 === 4 ? 0.01 : 300),
      signal: controller.signal,
    });
    const code = await service(call).then(
      () => 'ok',
      (thrown: unknown) => asRpcError(thrown).code,
    );
    codes[code] = (codes[code] ?? 0) + 1;
    settled++;
  }

  let next = 0;
  const caller = async () => {
    while (next < 5_000) await send(next++);
  };
  try {
    await Promise.all(Array.from({ length: 16 }, caller));
    await expect.poll(() => wheel.pending, { timeout: 5_000 }).toBe(0);
    await expect.poll(() => working, { timeout: 5_000 }).toBe(0);
    expect(settled).toBe(5_000);
    expect(Object.keys(codes)).toEqual(expect.arrayContaining(['ok', 'deadline_exceeded', 'cancelled', 'internal']));
    expect(codes.ok).toBeGreaterThan(4_000);
  } finally {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  }
  await nothingHeld();
}, 60_000);
