import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** The server to be loaded, in a process of its own: 512 bytes at once; a message { stallMs } blocks it for that long. */
export interface Target {
  url: string;
  stall(ms: number): void;
  stop(): void;
}

export async function startTarget(): Promise<Target> {
  const child = fork(fileURLToPath(import.meta.url), { execArgv: [] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', () => reject(new Error('the target of the benchmark did not start')));
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    stall: (ms) => void child.send(ms),
    stop: () => void child.kill('SIGKILL'),
  };
}

function serve(): void {
  const body = Buffer.alloc(512, 'a');
  let stalledUntilMs = 0;
  const server = createServer((_request, response) => {
    const answer = () => response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length }).end(body);
    const waitMs = stalledUntilMs - performance.now();
    if (waitMs > 0) setTimeout(answer, waitMs);
    else answer();
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', 1024, () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', (ms: number) => (stalledUntilMs = performance.now() + ms));
  process.on('disconnect', () => process.exit());
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) serve();
