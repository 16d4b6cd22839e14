import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { onTestFinished } from 'vitest';
import { portBases } from '../../shared/cluster/ports.ts';

/** Opens a free port until the end of the test, and returns it. It is a port of loopback, unless `host` is given. */
export async function listen(server: Server | HttpServer, host = '127.0.0.1'): Promise<number> {
  return listenAt(0, server, host);
}

/** The same, at a port that a cluster may have as its port base. The ports that the system gives are higher. */
export async function listenAtPortBase(server: Server | HttpServer): Promise<number> {
  for (;;) {
    const port = portBases.most - Math.floor(Math.random() * 3_000);
    try {
      return await listenAt(port, server);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

/** The same, at a given port. */
export async function listenAt(port: number, server: Server | HttpServer, host = '127.0.0.1'): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  onTestFinished(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
