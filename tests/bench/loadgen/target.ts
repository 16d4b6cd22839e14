import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { forked } from '../forked.ts';

/**
 * The server under load, in its own process. It answers 512 bytes at once. A message makes it stall once, some time
 * after the next request: it then answers nothing until the stall is over.
 */
export interface Target extends Disposable {
  url: string;
  /** Counted from the next request. */
  stallAfter(ms: number, forMs: number): void;
}

export async function startTarget(): Promise<Target> {
  const { child, message: port } = await forked<number>(new URL(import.meta.url));
  return {
    url: `http://127.0.0.1:${port}/`,
    stallAfter: (ms, forMs) => void child.send({ ms, forMs }),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

function serve(): void {
  const body = Buffer.alloc(512, 'a');
  let armed: { ms: number; forMs: number } | undefined;
  let from = Infinity;
  let until = -Infinity;
  const server = createServer((_request, response) => {
    const nowMs = performance.now();
    if (armed) [from, until, armed] = [nowMs + armed.ms, nowMs + armed.ms + armed.forMs, undefined];
    const answer = () =>
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length }).end(body);
    if (nowMs >= from && nowMs < until) setTimeout(answer, until - nowMs);
    else answer();
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', 1024, () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', (message: { ms: number; forMs: number }) => (armed = message));
  process.on('disconnect', () => process.exit());
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) serve();
