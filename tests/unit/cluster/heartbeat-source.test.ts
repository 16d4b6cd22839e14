import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openHeartbeatSocket } from '../../../shared/cluster/heartbeat-socket.ts';
import { startHeartbeats } from '../../../shared/cluster/heartbeat-source.ts';
import type { TopologyNode } from '../../../shared/cluster/topology.ts';
import { burn } from '../../../shared/faults/burn.ts';
import { noEvidence } from '../../../shared/membership/call-evidence.ts';
import { createHeartbeatReceiver, type Heartbeat } from '../../../shared/membership/heartbeat-receiver.ts';
import { createPolicyHolder } from '../../../shared/rpc/policy.ts';
import { incarnationKey, pairKey } from '../../../shared/security/heartbeat-keys.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { until } from '../../support/cluster.ts';

const secret = new Uint8Array(32).fill(9);

/** A monitor on a real socket, and a node in this process. */
async function monitorAndNode() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const monitor = { id: 'm-1', host: '127.0.0.1', port: socket.address().port } as unknown as TopologyNode;
  const beats: Heartbeat[] = [];
  const reported: string[] = [];
  const receive = createHeartbeatReceiver({
    monitor: 'm-1',
    process: 'this',
    keys: new Map([['r-1', pairKey(secret, 'r-1', 'm-1')]]),
    heard: (beat) => beats.push(beat) > 0,
    reported: (_node, _incarnation, news) =>
      void reported.push(...news.flatMap(({ evidence }) => evidence.map(({ node }) => node))),
    view: () => ({ monitor: 'm-1', version: 3, members: [] }),
  });
  socket.on('message', (datagram, { port }) => receive(datagram, (answer) => socket.send(answer, port, '127.0.0.1')));
  const policy = createPolicyHolder('resilient');
  const log = pino({ level: 'silent' });
  const own = openHeartbeatSocket({
    monitors: [monitor],
    clock: systemClock,
    log,
    onMessage: (datagram) => sender.receive(datagram),
  });
  const sender = startHeartbeats({
    policy,
    monitorNodes: [monitor],
    log,
    node: 'r-1',
    incarnation: 4,
    process: 'one process',
    monitors: new Map([['m-1', incarnationKey(pairKey(secret, 'r-1', 'm-1'), 4)]]),
    clock: systemClock,
    scheduler: systemScheduler,
    evidence: () => [{ ...noEvidence, node: 'q-1', group: 'query', ok: 1 }],
    send: own.send,
  });
  onTestFinished(() => {
    sender.stop();
    own.close();
  });
  return { beats, reported, sender, policy };
}

/** How many heartbeats arrived that were sent while the main loop of this process did nothing else. */
async function beatsDuringHang(beats: readonly Heartbeat[], hangMs: number): Promise<number> {
  const before = beats.length;
  burn(hangMs);
  // One turn of the loop reads what has arrived; the main loop's own timer comes once at most.
  await new Promise((resolve) => void setImmediate(resolve));
  await new Promise((resolve) => void setImmediate(resolve));
  return beats.length - before;
}

test('heartbeats from a thread go on while the main loop hangs, with the numbers of the same sender', async () => {
  const { beats, reported, sender, policy } = await monitorAndNode();
  sender.setPhase('ready');
  await until(() => beats.length > 2, 5_000);
  expect(await beatsDuringHang(beats, 1_200)).toBeLessThanOrEqual(1);

  policy.set({ heartbeatThread: true });
  const before = beats.length;
  await until(() => beats.length > before + 2, 10_000);
  expect(await beatsDuringHang(beats, 1_700)).toBeGreaterThanOrEqual(2);
  expect(reported).toContain('q-1');
  expect(sender.view()?.version).toBe(3);
  sender.setPhase('draining');
  await until(() => beats.at(-1)?.phase === 'draining', 5_000);

  policy.set({ heartbeatThread: false });
  const after = beats.length;
  await until(() => beats.length > after + 2, 10_000);
  // No number is missing, and none comes twice: to the monitor it is one process all the time.
  const numbers = beats.map(({ sequence }) => sequence);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => numbers[0]! + i));
  expect(beats.every(({ incarnation }) => incarnation === 4)).toBe(true);
});
