import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { userProbe } from '../../../services/chaos/user-probe.ts';
import type { Topology } from '../../../shared/cluster/topology.ts';
import { listen } from '../../support/listen.ts';

/** A topology whose only node has its door at `port`. */
const withDoor = (port: number) => ({ nodes: [{ host: '127.0.0.1', doors: { client: port } }] }) as unknown as Topology;

test('a probe that is answered well succeeds; a topology without a door has no users', async () => {
  const port = await listen(createServer((_request, response) => response.end('found')));
  await userProbe(withDoor(port))();
  await userProbe({ nodes: [] } as unknown as Topology)();
});

test('a probe that fails names the door and the status', async () => {
  const port = await listen(createServer((_request, response) => response.writeHead(503).end()));
  await expect(userProbe(withDoor(port))()).rejects.toThrow(`http://127.0.0.1:${port}/search answered 503`);
});

test('a probe that nobody answers names the door and the reason', async () => {
  const server = createServer(() => undefined);
  const port = await listen(server);
  const at = `http://127.0.0.1:${port}/search did not answer:`;
  await expect(userProbe(withDoor(port), 50)()).rejects.toThrow(new RegExp(`^${at} .*\\b50 ms\\b`));
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
  await expect(userProbe(withDoor(port))()).rejects.toThrow(`${at} ECONNREFUSED`);
});
