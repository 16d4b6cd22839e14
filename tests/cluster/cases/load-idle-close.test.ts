import { describe, expect, test } from 'vitest';
import { figures } from '../loadgen/run.ts';
import { known, ok, raw, rawAnswer as answer } from '../loadgen/servers.ts';

describe('L1 a server closes idle connections', () => {
  test.each([
    // The FIN is there before the next request: the server has not seen it.
    { input: 'after 3 answers each, without saying so', closes: (n: number) => n === 3 },
    { input: 'after every second answer', closes: (n: number) => n === 2 },
    { input: 'after 20 answers', closes: (n: number) => n === 20 },
  ])('L1 $input: its requests are sent again and counted apart', async ({ closes }) => {
    const server = await raw((socket, n) => {
      // One request after an answer is still taken, and dropped with the connection: the race, every time.
      if (closes(n - 1)) socket.end();
      else socket.write(answer);
    });
    const run = await figures(server.url, '-u', '2', '-d', '1s', '--think', '5ms', '-w', '1');
    expect(run).toMatchObject({ errors: 0, codes: {} });
    expect(run.resent).toBeGreaterThan(2);
    expect(run.right).toBe(run.asked);
    expect(run.notes.join()).toMatch(new RegExp(`\\b${run.resent} requests\\b`));
  });

  const timeout = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
  test.each<{ input: string; serve: Parameters<typeof raw>[0]; resends: boolean }>([
    {
      input: 'when the next request arrives',
      serve: (socket, n) => void (n === 4 ? socket.end(timeout) : socket.write(answer)),
      resends: true,
    },
    {
      input: 'right behind an answer',
      serve: (socket, n) => void (n === 4 ? socket.end(answer + timeout) : socket.write(answer)),
      resends: false,
    },
    {
      input: 'soon after an answer',
      serve(socket, n) {
        socket.write(answer);
        if (n === 3) setTimeout(() => socket.end(timeout), 2);
      },
      resends: false,
    },
  ])('L1 a server that says 408 on an idle connection, $input, has failed no request', async ({ serve, resends }) => {
    const server = await raw(serve);
    const run = await figures(server.url, '-u', '2', '-d', '1s', '--think', '5ms', '-w', '1');
    expect(run).toMatchObject({ errors: 0, codes: {}, right: run.asked });
    if (resends) expect(run.resent).toBeGreaterThan(2);
  });

  test('L1 a server that says 408 to a request that it has read is at fault', async () => {
    const server = await raw((socket) => void socket.end(timeout));
    const run = await figures(server.url, '-R', '20/s', '-d', '1s', '-w', '1');
    expect(run).toMatchObject({ right: 0, errors: 20, codes: { status_408: 20 } });
  });

  test('L1 a POST is not sent again: nobody knows whether it was done', async () => {
    const server = await raw((socket, n) => void (n === 3 ? socket.end() : socket.write(answer)));
    const run = await figures(server.url, '-u', '1', '-d', '1s', '--think', '5ms', '-m', 'POST', '-b', 'x');
    expect(run.resent).toBe(0);
    expect(run.codes['closed']).toBeGreaterThan(2);
    expect(run.sent).toBe(server.requests());
  });

  test('L1 a server that closes in the middle of an answer, or at once, is still at fault', async () => {
    const partial = await raw((socket, n) => void (n === 3 ? socket.end(answer.slice(0, 20)) : socket.write(answer)));
    const never = await raw((socket) => void socket.end());
    const half = await figures(partial.url, '-u', '1', '-d', '1s', '--think', '5ms');
    expect(half).toMatchObject({ resent: 0 });
    expect(half.codes['closed']).toBeGreaterThan(2);
    const none = await figures(never.url, '-R', '20/s', '-d', '1s', '-w', '1');
    expect(none).toMatchObject({ right: 0, errors: 20 });
  });

  test('L1 the timeout of an HTTP server that is shorter than the pauses of the users', async () => {
    const server = await known((_request, response) => ok(response), 30);
    const run = await figures(server.url, '-u', '20', '-d', '2s', '--think', '30ms', '-w', '1');
    expect(run.done).toBeGreaterThan(200);
    expect(run.codes).toEqual({});
    expect(run.errors).toBe(0);
    expect(run.resent).toBeGreaterThan(0);
  });
});
