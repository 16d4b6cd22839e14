import { Client } from 'undici';
import { systemClock } from '../../../shared/time/clock.ts';
import { connectionPool } from '../../../loadgen/client/pool.ts';
import { wireEncoder } from '../../../loadgen/client/wire.ts';
import { parseTarget } from '../../../loadgen/options/target.ts';
import { significant } from '../row.ts';
import { median } from '../../../shared/quantile.ts';
import { startTarget } from './target.ts';

/**
 * Why the load generator has its own client: processor seconds per 10,000 requests of our client and of undici's barest
 * interface (dispatch, one Client per connection). Both run in turn in this process, with 32 requests in flight. Run:
 * node tests/bench/loadgen/client-choice.ts
 */
const inFlight = 32;
const requests = 30_000;
const pairs = 5;

async function spent(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1e6 / requests) * 10_000;
}

function own(url: string): Promise<void> {
  const target = parseTarget(url);
  const request = { method: 'GET', target: '/', name: '/' };
  return new Promise((resolve, reject) => {
    let left = requests;
    let done = 0;
    const pool = connectionPool({
      target,
      trust: { insecure: false },
      connections: inFlight,
      timeoutMs: 10_000,
      encode: wireEncoder(target.host, []),
      clock: systemClock,
      onSent: () => {},
    });
    function next(): void {
      if (left-- <= 0) return;
      const nowMs = systemClock.now();
      pool.dispatch({
        request,
        intendedMs: nowMs,
        dispatchedMs: nowMs,
        sentMs: nowMs,
        keepBody: false,
        answered() {
          if (++done < requests) return next();
          pool.close({ code: 'closed', detail: 'done' });
          resolve();
        },
        failed: (failure) => reject(new Error(failure.detail)),
      });
    }
    for (let i = 0; i < inFlight; i++) next();
  });
}

async function undici(url: string): Promise<void> {
  const clients = Array.from({ length: inFlight }, () => new Client(url));
  let left = requests;
  await Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve, reject) => {
          function next(): void {
            if (left-- <= 0) return resolve();
            client.dispatch(
              { path: '/', method: 'GET' },
              {
                onRequestStart() {},
                onResponseStart() {},
                onResponseData() {},
                onResponseEnd: next,
                onResponseError: (_controller, error) => reject(error),
              },
            );
          }
          next();
        }),
    ),
  );
  await Promise.all(clients.map((client) => client.close()));
}

using target = await startTarget();
const ours: number[] = [];
const theirs: number[] = [];
for (let i = 0; i < pairs; i++) {
  ours.push(await spent(() => own(target.url)));
  theirs.push(await spent(() => undici(target.url)));
  process.stdout.write(
    `ours ${significant(ours.at(-1) ?? 0)}, undici ${significant(theirs.at(-1) ?? 0)} s per 10,000\n`,
  );
}
const ratio = median(ours.map((mine, i) => mine / (theirs[i] ?? 1)));
process.stdout.write(
  `median ${significant(median(ours))} against ${significant(median(theirs))}: ratio ${significant(ratio)}\n`,
);
