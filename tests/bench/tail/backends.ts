import type { ChildProcess } from 'node:child_process';
import type { Endpoint } from '../../../shared/rpc/call.ts';
import { upstream } from '../../../shared/rpc/upstream.ts';
import { systemRandom } from '../../../shared/time/random.ts';
import { benchClient, benchContext } from '../caller.ts';
import { forked } from '../forked.ts';
import { leaf, type Times } from './leaf.ts';

export interface Backends extends Disposable {
  readonly endpoints: readonly Endpoint[];
  /** Sets the answer times from now on: of the first backend alone, or of all. */
  readonly take: (times: Times, which?: 'first' | 'all') => void;
}

/** Backends that are real processes and answer over HTTP. */
export async function startBackends(count: number): Promise<Backends> {
  const children: ChildProcess[] = [];
  const start = async (i: number): Promise<Endpoint> => {
    const node = `backend-${i + 1}`;
    const { child, message: port } = await forked<number>(new URL('backend.ts', import.meta.url), [node]);
    children[i] = child;
    return { node, host: '127.0.0.1', port };
  };
  const endpoints = await Promise.all(Array.from({ length: count }, (_, i) => start(i)));
  return {
    endpoints,
    take(times, which = 'all') {
      for (const child of which === 'first' ? children.slice(0, 1) : children) child.send(times);
    },
    [Symbol.dispose]() {
      for (const child of children) child.kill();
    },
  };
}

/** A caller with all our layers, under `policy`. It counts its hedges. */
export function startCaller(endpoints: readonly Endpoint[], policy: object) {
  let hedges = 0;
  const client = benchClient(endpoints, policy, ({ event }) => void (hedges += event === 'hedge' ? 1 : 0));
  const peer = upstream(leaf, client.service, systemRandom);
  return {
    hedges: () => hedges,
    close: client.close,
    read: () => peer.read({}, benchContext(10_000)),
  };
}

/**
 * Calls `once` at a fixed rate, whatever the result. Returns the share that finished within `withinMs` of the due time.
 */
export async function atRate(
  { ratePerSecond, seconds }: { ratePerSecond: number; seconds: number },
  withinMs: number,
  once: () => Promise<unknown>,
): Promise<number> {
  const total = ratePerSecond * seconds;
  const startedAt = performance.now();
  const under: Promise<boolean>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) * ratePerSecond) / 1_000));
      while (under.length < due) {
        const dueAt = startedAt + (under.length * 1_000) / ratePerSecond;
        under.push(
          once().then(
            () => performance.now() - dueAt < withinMs,
            () => false,
          ),
        );
      }
      if (under.length < total) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
  return (await Promise.all(under)).filter(Boolean).length / total;
}
