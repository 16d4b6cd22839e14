import type { AddressInfo } from 'node:net';
import type { Server as HttpServer } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ListenOptions } from './listener-switch.ts';

/** Resolves with the address that was bound; rejects if the address cannot be bound. */
export async function listen(server: HttpServer, options: ListenOptions): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => resolve());
  });
  return server.address() as AddressInfo;
}

/** Accepts no new connection; resolves when the requests in progress are answered. */
export async function close(server: HttpServer | FastifyInstance): Promise<void> {
  if ('register' in server) return server.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
