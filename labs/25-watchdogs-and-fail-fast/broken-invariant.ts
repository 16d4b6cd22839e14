import Type from 'typebox';
import { invariant } from '../../shared/invariant.ts';
import { compose, type Service } from '../../shared/rpc/call.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { failFast } from '../../shared/rpc/layers/fail-fast.ts';
import { createSimHosts } from '../../shared/rpc/transports/sim.ts';
import { createNetwork } from '../../shared/time/sim/network.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';

const { operations } = contract('server', {
  list: operation({ summary: 'a sorted list', request: Type.Object({}), response: Type.Object({}) }),
});
const calls = 200;
const everyMs = 50;
/** The memory of the process breaks at this moment, ms. */
const breaksAt = 3_000;
/** From a crash until the new process serves, ms. */
const restartMs = 500;
const node = 'server-1';

export interface Answered {
  readonly good: number;
  readonly bad: number;
  readonly failed: number;
  readonly crashes: number;
}

/**
 * A server keeps a list that must be sorted. At one moment two of its numbers change places in memory. With fail-fast,
 * the layer of the system ends the process before it answers, and a new process loads the list again.
 */
export async function brokenInvariant(seed: string, failsFast: boolean): Promise<Answered> {
  const sim = createSimulation(seed);
  const network = createNetwork({ scheduler: sim.scheduler, random: sim.random });
  const hosts = createSimHosts({ clock: sim.clock, network });
  const isSorted = (list: readonly number[]): boolean => list.every((value, i) => i === 0 || list[i - 1]! <= value);
  let list: number[] = [];
  let crashes = 0;
  const handler: Service = async () => {
    if (failsFast) invariant(isSorted(list), 'server.order', () => `the list is ${list.join(', ')}`);
    return { body: { list: [...list] }, servedBy: [node] };
  };
  const crash = (): void => {
    crashes++;
    hosts.kill(node);
    sim.scheduler.after(restartMs, start);
  };
  function start(): void {
    list = [1, 2, 3, 4];
    hosts.host(node, compose([failFast(crash)], handler));
  }
  start();
  sim.scheduler.after(breaksAt, () => void (list = [2, 1, 3, 4]));
  const ask = hosts.transport('client');
  const count = { good: 0, bad: 0, failed: 0 };
  for (let i = 0; i < calls; i++)
    sim.scheduler.after(i * everyMs, () => {
      const call = {
        component: 'server',
        operation: operations.list,
        request: {},
        requestId: String(i),
        trace: { traceId: '', spanId: '', sampled: false },
        deadlineAt: sim.clock.now() + 1_000,
        signal: new AbortController().signal,
        attempt: 1,
        priority: operations.list.priority,
        endpoint: { node, host: '', port: 0 },
      };
      void ask(call).then(
        ({ body }) => count[isSorted((body as { list: number[] }).list) ? 'good' : 'bad']++,
        () => count.failed++,
      );
    });
  await sim.run();
  return { ...count, crashes };
}
