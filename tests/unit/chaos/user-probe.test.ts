import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { userProbe } from '../../../services/chaos/user-probe.ts';
import type { Topology } from '../../../shared/cluster/topology.ts';

/** A topology whose only node has its door at `port`. */
const withDoor = (port: number) => ({ nodes: [{ host: '127.0.0.1', doors: { client: port } }] }) as unknown as Topology;

async function door(answer: RequestListener): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port, close };
}

test('a probe that is answered well succeeds; a topology without a door has no users', async () => {
  const { port } = await door((_request, response) => response.end('found'));
  await userProbe(withDoor(port))();
  await userProbe({ nodes: [] } as unknown as Topology)();
});

test('a probe that fails names the door and the status', async () => {
  const { port } = await door((_request, response) => response.writeHead(503).end());
  await expect(userProbe(withDoor(port))()).rejects.toThrow(`http://127.0.0.1:${port}/search answered 503`);
});

test('a probe that nobody answers names the door and the reason', async () => {
  const { port, close } = await door(() => undefined);
  const at = `http://127.0.0.1:${port}/search did not answer:`;
  await expect(userProbe(withDoor(port), 50)()).rejects.toThrow(new RegExp(`^${at} .*\\b50 ms\\b`));
  await close();
  await expect(userProbe(withDoor(port))()).rejects.toThrow(`${at} ECONNREFUSED`);
});
