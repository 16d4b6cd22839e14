import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../shared/rpc/call.ts';
import { httpClientTransport } from '../../shared/rpc/transports/http-client.ts';
import { systemClock as clock } from '../../shared/time/clock.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { systemScheduler as scheduler } from '../../shared/time/scheduler.ts';
import { createBackendClient, nameOf } from '../kit/replica-group.ts';
import type { LiveContext } from '../runner/lab.ts';
import { LabUnknownError } from '../runner/errors.ts';
import { balancePolicy, type Load, measureLoad, type Ran } from './model.ts';

const program = fileURLToPath(new URL('./backend.ts', import.meta.url));

/** The loads one after the other, at `n` processes. The processes end before this function does. */
export async function liveLoads(
  n: number,
  loads: readonly Load[],
  { seed, signal, progress }: Pick<LiveContext, 'seed' | 'signal' | 'progress'>,
): Promise<readonly Ran[]> {
  signal.throwIfAborted();
  const children = Array.from({ length: n }, (_, i) =>
    fork(program, [nameOf(i)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
  const ended = children.map((child) => once(child, 'exit'));
  const http = httpClientTransport({ node: 'lab-15', clock });
  const anyEnded = Promise.race(ended).then(() => {
    throw new LabUnknownError('a back end ended, and the lab had not asked for it', 'run it again');
  });
  anyEnded.catch(() => undefined);
  try {
    const endpoints = await Promise.race([
      Promise.all(children.map((child, i) => listening(child, i, signal))),
      anyEnded,
    ]);
    const setSlow = (isSlow: boolean): void => {
      if (children[0]!.connected) children[0]!.send(isSlow);
    };
    const ran: Ran[] = [];
    for (const load of loads) {
      const random = seededRandom(`${seed}/${load.by}`);
      const policy = balancePolicy(load.by);
      const read = createBackendClient({ clock, random, scheduler, endpoints, policy, transport: http.send, signal });
      const onProgress = (done: number, total: number): void => progress(`calls, ${load.by}`, done, total);
      const measured = measureLoad({ ...load, clock, scheduler, read, setSlow, signal, onProgress });
      ran.push(await Promise.race([measured, anyEnded]));
    }
    return ran;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ended);
    await http.close();
  }
}

async function listening(child: ChildProcess, i: number, signal: AbortSignal): Promise<Endpoint> {
  const [port] = (await once(child, 'message', { signal })) as [number];
  return { node: nameOf(i), host: '127.0.0.1', port };
}
