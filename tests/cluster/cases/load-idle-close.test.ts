import { createServer } from 'node:http';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { figures } from '../loadgen/run.ts';
import { ok } from '../loadgen/servers.ts';
import type { KnownServer } from '../loadgen/servers.ts';

/** Speaks HTTP on raw sockets: `serve` is called for each request with its number on the connection. */
async function raw(serve: (socket: Socket, onConnection: number, method: string) => void): Promise<KnownServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    let onConnection = 0;
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      count++;
      serve(socket, ++onConnection, data.toString('latin1').split(' ')[0] ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    requests: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n';

describe('L1 a server closes idle connections', () => {
  test.each([
    // The FIN is there before the next request: the server has not seen it.
    { id: 'L1', input: 'after 3 answers each, without saying so', closes: (n: number) => n === 3 },
    { id: 'L1', input: 'after every second answer', closes: (n: number) => n === 2 },
    { id: 'L1', input: 'after 20 answers', closes: (n: number) => n === 20 },
  ])('$id $input: its requests are sent again and counted apart', async ({ closes }) => {
    const server = await raw((socket, n) => {
      // One request after an answer is still taken, and dropped with the connection: the race, every time.
      if (closes(n - 1)) socket.end();
      else socket.write(answer);
    });
    try {
      const run = await figures(server.url, '-u', '2', '-d', '1s', '--think', '5ms', '-w', '1');
      expect(run).toMatchObject({ errors: 0, codes: {} });
      expect(run.resent).toBeGreaterThan(2);
      expect(run.right).toBe(run.asked);
      expect(run.notes.join()).toMatch(new RegExp(`\\b${run.resent} requests\\b`));
    } finally {
      await server.close();
    }
  });

  test('L1 a POST is not sent again: nobody knows whether it was done', async () => {
    const server = await raw((socket, n) => void (n === 3 ? socket.end() : socket.write(answer)));
    try {
      const run = await figures(server.url, '-u', '1', '-d', '1s', '--think', '5ms', '-m', 'POST', '-b', 'x');
      expect(run.resent).toBe(0);
      expect(run.codes['closed']).toBeGreaterThan(2);
      expect(run.sent).toBe(server.requests());
    } finally {
      await server.close();
    }
  });

  test('L1 a server that closes in the middle of an answer, or at once, is still at fault', async () => {
    const partial = await raw((socket, n) => void (n === 3 ? socket.end(answer.slice(0, 20)) : socket.write(answer)));
    const never = await raw((socket) => void socket.end());
    try {
      const half = await figures(partial.url, '-u', '1', '-d', '1s', '--think', '5ms');
      expect(half).toMatchObject({ resent: 0 });
      expect(half.codes['closed']).toBeGreaterThan(2);
      const none = await figures(never.url, '-R', '20/s', '-d', '1s', '-w', '1');
      expect(none).toMatchObject({ right: 0, errors: 20 });
    } finally {
      await partial.close();
      await never.close();
    }
  });

  test('L1 the timeout of an HTTP server that is shorter than the pauses of the users', async () => {
    const server = createServer({ keepAliveTimeout: 30, keepAliveTimeoutBuffer: 0 } as object, (_request, response) =>
      ok(response),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const run = await figures(url, '-u', '20', '-d', '2s', '--think', '30ms', '-w', '1');
      expect(run.done).toBeGreaterThan(200);
      expect(run).toMatchObject({ codes: {}, errors: 0 });
      expect(run.resent).toBeGreaterThan(0);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
