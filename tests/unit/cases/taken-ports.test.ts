import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { takenPorts } from '../../../shared/cluster/watchdog/port-check.ts';
import { listen } from '../../support/listen.ts';

test.each(['::1', '::', '127.0.0.1', '0.0.0.0', 'localhost'])(
  'Q1: a port at which %s is taken is taken',
  async (host) => {
    const port = await listen(createServer(), host);
    const [taken] = await takenPorts([{ port, protocol: 'TCP' }], '127.0.0.1');
    expect(taken).toMatchObject({ port, pid: process.pid });
  },
);

test('Q1: a port that is free at both addresses is free', async () => {
  const server = createServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  expect(await takenPorts([{ port, protocol: 'TCP' }], '127.0.0.1')).toEqual([]);
});

test.each(['127.0.0.1', '0.0.0.0'])('Q1: a UDP port at which %s is taken is taken', async (host) => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  onTestFinished(() => new Promise<void>((resolve) => void socket.close(() => resolve())));
  const { port } = socket.address();
  const [taken] = await takenPorts([{ port, protocol: 'UDP' }], '127.0.0.1');
  expect(taken).toMatchObject({ port, protocol: 'UDP', pid: process.pid });
});

test('Q1: a UDP port is free beside a TCP port of the same number', async () => {
  const port = await listen(createServer());
  expect(await takenPorts([{ port, protocol: 'UDP' }], '127.0.0.1')).toEqual([]);
});
