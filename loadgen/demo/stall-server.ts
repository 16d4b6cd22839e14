import { createServer } from 'node:http';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';

export interface StallServer {
  port: number;
  /** Requests that arrive during the next `ms` wait until that time is over. */
  stallFor(ms: number): void;
  close(): Promise<void>;
}

/** Answers every request after `serviceMs`. During a stall it answers when the stall is over. */
export async function stallServer(serviceMs: number, clock: Clock, scheduler: Scheduler): Promise<StallServer> {
  let stalledUntilMs = 0;
  const server = createServer((_request, response) => {
    const waitMs = Math.max(serviceMs, stalledUntilMs - clock.now());
    scheduler.after(waitMs, () => response.writeHead(200, { 'content-length': 3 }).end('ok\n'));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', 1024, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    stallFor: (ms) => void (stalledUntilMs = clock.now() + ms),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
