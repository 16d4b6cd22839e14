import type { Topology } from '../../shared/cluster/topology.ts';
import type { Child, ChildState } from '../../shared/cluster/watchdog/child.ts';
import { createRepairs } from '../../shared/cluster/watchdog/repairs.ts';
import type { ControlClient } from '../../shared/control/client.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import type { SimulatedProcess } from './simulated-process.ts';

interface WatchdogOptions {
  readonly topology: Topology;
  readonly processOf: (node: string) => SimulatedProcess;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** How long the ops network takes. */
  readonly controlMs: number;
  readonly start: (node: string) => void;
  /** Ends the process of the node, and starts it again. */
  readonly restart: (node: string) => void;
}

/**
 * The watchdog of simulated processes, which carries out repair orders by the rules of the system. Returns the ops
 * network, over which monitors reach the watchdog and the ops ports of nodes.
 */
export function createSimulatedWatchdog({
  topology,
  processOf,
  clock,
  scheduler,
  controlMs,
  start,
  restart,
}: WatchdogOptions): ControlClient {
  const childState = (node: string): ChildState => {
    const { state } = processOf(node);
    if (state === 'up' || state === 'hung') return { state: 'ready', pid: 1, since: 0 };
    if (state === 'starting') return { state, pid: 1, since: clock.now() };
    if (state === 'stopped') return { state };
    return state === 'held' ? { state, exit: 'SIGKILL' } : { state: 'backoff', untilMs: 0, exit: 'SIGKILL' };
  };
  const child = (node: string): Child =>
    ({
      id: node,
      state: () => childState(node),
      answers: async () => processOf(node).state === 'up',
      incarnation: () => processOf(node).incarnation,
      restart: async () => restart(node),
      start: () => start(node),
    }) as unknown as Child;
  const repairs = createRepairs({ topology: () => topology, watchdog: { child }, clock, wipe: async () => undefined });

  /** The ops network: never partitioned, and a hung process does not answer on it either. */
  return ({ port }, { path, body, timeoutMs }) =>
    new Promise((resolve, reject) => {
      scheduler.after(controlMs, () => {
        const late = (): void => reject(new RpcError('deadline_exceeded', 'no answer'));
        const isPaused = (id: string): boolean => processOf(id).machinePausedUntil > clock.now();
        if (path === '/repairs') {
          if (isPaused((body as { node: string }).node)) return void scheduler.after(timeoutMs, late);
          return void repairs.order(body).then(resolve, reject);
        }
        if (path === '/status')
          return resolve({
            nodes: topology.nodes.flatMap(({ id }) => (isPaused(id) ? [] : [{ id, state: childState(id).state }])),
          });
        const { id } = topology.nodes.find(({ opsPort }) => opsPort === port)!;
        const { state, stalledUntil } = processOf(id);
        if (state !== 'up' && state !== 'hung') return reject(new RpcError('unreachable', 'nobody listens'));
        const waitMs = state === 'hung' ? Infinity : Math.max(0, stalledUntil - clock.now());
        scheduler.after(Math.min(waitMs, timeoutMs), waitMs < timeoutMs ? () => resolve({}) : late);
      });
    });
}
