import { connect } from '../../cli/chaos/connection.ts';
import { CommandError, UsageError } from '../../cli/errors.ts';
import { faultsAt } from '../../services/chaos/control-port.ts';
import { askControl } from '../../shared/control/client.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { LabUnknownError, LabUsageError } from '../runner/errors.ts';
import type { StartedCluster } from './cluster.ts';
import { type Changes, openCluster } from './cluster-handle.ts';

/** Where the user's cluster is, on this machine. */
export interface Place {
  readonly portBase?: number | undefined;
  /** The folder that the cluster was started with. */
  readonly data?: string | undefined;
}

/** The only topology that labs can use without starting it: that of `npm start`. */
const wantedTopology = 'multitier';
const answerMs = 5_000;
/** A node that the lab has hung or killed may still be starting. */
const undoBoundMs = 20_000;

/**
 * Refuses a cluster that a lab cannot use, before anything is changed: there is none, it has another topology, a node
 * is not ready, or a fault is in effect.
 */
export async function checkedCluster(lab: string, place: Place) {
  const { portBase, token, topology, nodes, ports } = await connectTo(place);
  if (topology !== wantedTopology)
    throw new LabUsageError(
      `--attach: lab ${lab} needs the topology ${wantedTopology}, and the cluster at port base ${portBase} has ` +
        `${topology}. Without --attach the lab starts a cluster of its own`,
    );
  const away = nodes.filter(({ state }) => state !== 'ready').map(({ id, state }) => `${id} is ${state}`);
  if (away.length > 0)
    throw new LabUsageError(`--attach: the cluster is not well: ${away.join(', ')}; wait until all nodes are ready`);
  for (const port of ports) {
    const { enabled, active } = await faultsAt(port, token);
    if (!enabled)
      throw new LabUsageError(`--attach: ${port.name} takes no faults. Start the cluster with: npm start -- --chaos`);
    const [fault] = active;
    if (fault)
      throw new LabUsageError(
        `--attach: the fault ${fault.fault.id} (${fault.fault.kind} at ${fault.fault.target}) is in effect. ` +
          'This ends all faults: npm run tierlab -- chaos halt',
      );
  }
  return { portBase, token };
}

/**
 * Uses the cluster that is up. `stop` puts back everything that the lab has changed, and leaves the cluster running.
 */
export async function attach(
  lab: string,
  place: Place,
  { signal, onChange }: { readonly signal: AbortSignal; readonly onChange: (changes: Changes) => void },
): Promise<StartedCluster> {
  const { portBase, token } = await checkedCluster(lab, place);
  const handle = await openCluster({ portBase, token, signal, livesOn: true, onChange });
  return {
    ...handle,
    async stop() {
      handle.close();
      await undo(handle.changes(), token);
    },
  };
}

/** Puts back what a killed runner has changed in the user's cluster. A cluster that is gone has nothing left. */
export async function undoLeft(changes: Changes, place: Place): Promise<void> {
  const connection = await connectTo(place).catch(() => undefined);
  if (connection) await undo(changes, connection.token);
}

async function connectTo(place: Place) {
  try {
    return await connect(place);
  } catch (error) {
    if (error instanceof CommandError || error instanceof UsageError)
      // The message ends with a command that begins as this process was started. No lab starts that cluster.
      throw new LabUsageError(
        `--attach: ${error.message.replace(/This starts one: .*/s, 'This starts one: npm start -- --chaos')}`,
      );
    throw error;
  }
}

async function undo({ policies, faults }: Changes, token: string): Promise<void> {
  const order = (port: number, method: 'POST' | 'DELETE', path: string, body?: unknown) =>
    askControl({ host: '127.0.0.1', port }, { method, path, body, token, timeoutMs: answerMs });
  // A fault of a process that has ended is gone.
  for (const { port, id } of faults) await order(port, 'DELETE', `/admin/faults/${id}`).catch(() => undefined);
  const startedAt = performance.now();
  for (const [node, { port, policy }] of Object.entries(policies))
    for (;;) {
      const problem = await order(port, 'POST', '/admin/policy', policy).then(
        () => undefined,
        (error: Error) => error,
      );
      if (problem === undefined) break;
      if (performance.now() - startedAt > undoBoundMs)
        throw new LabUnknownError(
          `the policy of ${node} cannot be put back: ${problem.message}`,
          `npm run tierlab -- policy resilient --node ${node}`,
        );
      await sleep(systemScheduler, 250);
    }
}
