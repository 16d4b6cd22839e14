import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { listenForHeartbeats } from '../../../shared/cluster/heartbeat-socket.ts';
import { heartbeatEntrance, openHeartbeats } from '../../../shared/cluster/heartbeats.ts';
import type { TopologyNode } from '../../../shared/cluster/topology.ts';
import { createHeartbeatReceiver, type Heartbeat } from '../../../shared/membership/heartbeat-receiver.ts';
import { startHeartbeatSender, type HeartbeatSender } from '../../../shared/membership/heartbeat.ts';
import { incarnationKey, pairKey } from '../../../shared/security/heartbeat-keys.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';

const log = pino({ level: 'silent' });
const secret = new Uint8Array(32).fill(9);

async function freePort(): Promise<number> {
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** A monitor and nodes on real sockets. `hosts`: the ways to the monitor, first to last. */
async function cluster(hosts: readonly string[] = ['127.0.0.1']) {
  const port = await freePort();
  const routes = hosts.map((host) => ({ host, port, relayed: false }));
  const monitor = { id: 'm-1', host: '127.0.0.1', port, routes } as unknown as TopologyNode;
  const beats: Heartbeat[] = [];
  const refused: string[] = [];
  let open = true;
  const receive = createHeartbeatReceiver({
    monitor: 'm-1',
    process: 'this',
    keys: new Map([['r-1', pairKey(secret, 'r-1', 'm-1')]]),
    heard: (beat) => beats.push(beat) > 0,
    reported: () => undefined,
    view: () => ({ monitor: 'm-1', version: 3, members: [] }),
    onRefused: (why) => void refused.push(why),
  });
  let dropped = 0;
  const isOpen = () => {
    if (!open) dropped++;
    return open;
  };
  const onMessage = heartbeatEntrance({ receive, isOpen, passage: undefined });
  const entrance = await listenForHeartbeats(monitor, { bindHost: '127.0.0.1', reusePort: false, log, onMessage });
  onTestFinished(() => entrance.close());

  function node(process: string): HeartbeatSender {
    const socket = openHeartbeats({
      monitors: [monitor],
      clock: systemClock,
      log,
      passage: undefined,
      onMessage: (datagram) => sender.receive(datagram),
    });
    const sender: HeartbeatSender = startHeartbeatSender({
      node: 'r-1',
      incarnation: 4,
      process,
      monitors: new Map([['m-1', incarnationKey(pairKey(secret, 'r-1', 'm-1'), 4)]]),
      clock: systemClock,
      scheduler: systemScheduler,
      send: socket.send,
    });
    onTestFinished(() => {
      sender.stop();
      socket.close();
    });
    return sender;
  }
  return { port, beats, refused, node, dropped: () => dropped, setOpen: (value: boolean) => void (open = value) };
}

test('over real sockets a node is heard and gets its view; two processes with one identity both do', async () => {
  const { beats, node } = await cluster();
  const [original, twin] = [node('original'), node('twin')];
  await expect.poll(() => original.view()?.version).toBe(3);
  await expect.poll(() => twin.view()?.version).toBe(3);
  await expect.poll(() => beats.length, { timeout: 3_000 }).toBeGreaterThan(3);
});

test('a monitor whose data port is closed by a fault is deaf, and hears again afterwards', async () => {
  const { beats, node, setOpen, dropped } = await cluster();
  setOpen(false);
  const sender = node('p');
  sender.setPhase('ready');
  await expect.poll(dropped).toBeGreaterThan(0);
  expect([beats.length, sender.view()]).toEqual([0, undefined]);
  setOpen(true);
  await expect.poll(() => beats.length, { timeout: 3_000 }).toBeGreaterThan(0);
  expect(sender.view()?.version).toBe(3);
});

test('a monitor is found over its next address when the first one does not answer', async () => {
  // Nobody listens at that port of 127.0.0.2.
  const { node } = await cluster(['127.0.0.2', '127.0.0.1']);
  const sender = node('p');
  await expect.poll(() => sender.view()?.version, { timeout: 5_000 }).toBe(3);
});

test('a local process without keys is not heard, whatever it sends', async () => {
  const { port, beats, refused } = await cluster();
  const stranger = createSocket('udp4');
  onTestFinished(() => void stranger.close());
  const answers: Buffer[] = [];
  stranger.on('message', (answer) => answers.push(answer));
  for (let i = 0; i < 6; i++)
    stranger.send(JSON.stringify({ node: 'r-1', incarnation: 4, sequence: i, phase: 'ready' }), port, '127.0.0.1');
  await expect.poll(() => refused.length).toBe(6);
  expect([beats, answers]).toEqual([[], []]);
});
