import type { Server } from 'node:http';
import { RpcError } from '../../rpc/errors.ts';
import { createControlServer, type ControlRoute, readRoute, orderRoute } from '../../control/server.ts';
import type { Clock } from '../../time/clock.ts';
import type { Scheduler } from '../../time/scheduler.ts';
import { keptDown } from './child.ts';
import { callersOf, restartDrained, stopDrained } from './restart-drained.ts';
import type { Watchdog } from './watchdog.ts';

export interface WatchdogApiOptions {
  readonly watchdog: Watchdog;
  /** When this watchdog was started, wall-clock ms: it knows nothing of the time before. */
  readonly startedAt: number;
  readonly operatorDigest: string | undefined;
  /** Stops the whole cluster and this process. */
  readonly shutdown: () => void;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** How long `stop` of one node may drain, ms. */
  readonly graceMs?: number;
  /** Further routes, such as those for faults and repairs. */
  readonly more?: readonly ControlRoute[];
}

const signals: Readonly<Record<string, NodeJS.Signals>> = { kill: 'SIGKILL', pause: 'SIGSTOP', resume: 'SIGCONT' };

/**
 * The watchdog's port. GET /status is open to read. POST /shutdown and POST
 * /nodes/<id>/start|stop|retire|restart|kill|pause|resume need the operator token, and so do the routes of
 * shared/faults/control-routes.ts. Only processes that this watchdog started can be named.
 */
export function createWatchdogApi({
  watchdog,
  startedAt,
  operatorDigest,
  shutdown,
  clock,
  scheduler,
  graceMs = 8_000,
  more = [],
}: WatchdogApiOptions): Server {
  async function act(id: string, action: string): Promise<unknown> {
    const child = watchdog.child(id);
    const draining = { clock, scheduler, graceMs, callers: () => callersOf(id, watchdog) };
    // A node that a change of the topology removes has no status when it is stopped.
    const status = () => watchdog.status().find((node) => node.id === id) ?? { id, state: child?.state().state };
    const ids = () => watchdog.status().map((node) => node.id);
    if (!child) throw new RpcError('not_found', `no node ${id}; there are ${ids().join(', ')}`);
    if (action === 'start') {
      child.start();
      if (child.state().state === 'held') throw new RpcError('conflict', keptDown(id));
    } else if (action === 'stop') await child.stop(graceMs);
    else if (action === 'retire') {
      await stopDrained(child, draining);
      child.leave();
    } else if (action === 'restart') await restartDrained(child, draining);
    else if (!Object.hasOwn(signals, action))
      throw new RpcError(
        'not_found',
        `no action ${action}; there are start, stop, retire, restart, kill, pause, resume`,
      );
    else if (!child.signal(signals[action]!))
      throw new RpcError('conflict', `${id} is ${child.state().state}: there is no process to ${action}`);
    return status();
  }

  return createControlServer(
    [
      ...more,
      readRoute('/status', () => ({
        topology: watchdog.topology().name,
        watchdogPid: process.pid,
        startedAt,
        at: clock.wall(),
        nodes: watchdog.status(),
      })),
      orderRoute('/nodes/:id/:action', ({ id, action }) => act(id!, action!)),
      orderRoute('/shutdown', () => {
        shutdown();
        return { stopping: true };
      }),
    ],
    operatorDigest,
  );
}
