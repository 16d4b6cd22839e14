import { connect } from '../../cli/chaos/connection.ts';
import { CommandError, UsageError } from '../../cli/errors.ts';
import { dataDirOf } from '../../cli/paths.ts';
import { portBaseOf } from '../../cli/run-file.ts';
import { nodesByName, NoClusterError } from '../../cli/watchdog-client.ts';
import { controlPorts, faultsAt } from '../../services/chaos/control-port.ts';
import { askControl, type ControlAddress } from '../../shared/control/client.ts';
import { identitySecret, operatorTokenFrom } from '../../shared/security/node-keys.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { LabUnknownError, LabUsageError } from '../runner/errors.ts';
import type { StartedCluster } from './cluster.ts';
import { type Changes, openCluster } from './cluster-handle.ts';

/** Where the user's cluster is. */
export interface Place {
  readonly portBase?: number | undefined;
  /** The folder that the cluster was started with. */
  readonly data?: string | undefined;
  /**
   * The name of a node, if the cluster runs in containers and this process is in a container beside them. Absent if the
   * cluster runs on this machine.
   */
  readonly host?: string | undefined;
}

/** The only topology that labs can use without starting it: that of `npm start`. */
const wantedTopology = 'multitier';
const answerMs = 5_000;
/** A node that the lab has killed, or has made hang, may still be starting. */
const undoBoundMs = 20_000;

/**
 * Refuses a cluster that a lab cannot use, before anything is changed: there is none, it has another topology, a node
 * is not ready, or a fault is in effect.
 */
export async function checkedCluster(lab: string, place: Place) {
  const { portBase, token, topology, nodes, ports } = await connectTo(place);
  const type = commandsFor(place);
  const where = place.host ?? `port base ${portBase}`;
  if (topology !== wantedTopology)
    throw new LabUsageError(
      `--attach: lab ${lab} needs the topology ${wantedTopology}, and the cluster at ${where} has ` +
        `${topology}. Without --attach the lab starts a cluster of its own`,
    );
  const away = nodes.filter(({ state }) => state !== 'ready').map(({ id, state }) => `${id} is ${state}`);
  if (away.length > 0)
    throw new LabUsageError(`--attach: the cluster is not well: ${away.join(', ')}; wait until all nodes are ready`);
  for (const port of ports) {
    const { enabled, active } = await faultsAt(port, token);
    if (!enabled)
      throw new LabUsageError(`--attach: ${port.name} takes no faults. Start the cluster with: ${type.start}`);
    const [fault] = active;
    if (fault)
      throw new LabUsageError(
        `--attach: the fault ${fault.fault.id} (${fault.fault.kind} at ${fault.fault.target}) is in effect. ` +
          `This ends all faults: ${type.tierlab} chaos halt`,
      );
  }
  return { portBase, nodes, token };
}

/**
 * Uses the cluster that is up. `stop` puts back everything that the lab has changed, and leaves the cluster running.
 */
export async function attach(
  lab: string,
  place: Place,
  { signal, onChange }: { readonly signal: AbortSignal; readonly onChange: (changes: Changes) => void },
): Promise<StartedCluster> {
  const { portBase, nodes, token } = await checkedCluster(lab, place);
  const handle = await openCluster({ portBase, nodes, token, signal, livesOn: true, onChange });
  return {
    ...handle,
    async stop() {
      handle.close();
      await undo(handle.changes(), token, place);
    },
  };
}

/** Puts back what a killed runner has changed in the user's cluster. A cluster that is gone has nothing left. */
export async function undoLeft(changes: Changes, place: Place): Promise<void> {
  const connection = await connectTo(place).catch(() => undefined);
  if (connection) await undo(changes, connection.token, place);
}

/** What a person types for the user's cluster. */
const commandsFor = ({ host }: Place): { readonly start: string; readonly tierlab: string } =>
  host === undefined
    ? { start: 'npm start -- --chaos', tierlab: 'npm run tierlab --' }
    : {
        start: 'TIERLAB_CHAOS=1 docker compose up --detach',
        tierlab: `docker compose exec ${host} node dist/tierlab.js`,
      };

async function connectTo(place: Place) {
  try {
    return await (place.host === undefined ? connect(place) : connectByName(place.host, place));
  } catch (error) {
    // A lab needs a cluster that allows faults, so the command in the message would start the wrong one.
    if (error instanceof NoClusterError)
      throw new LabUsageError(`--attach: ${error.reason} This starts one: ${commandsFor(place).start}`);
    if (error instanceof CommandError || error instanceof UsageError)
      throw new LabUsageError(`--attach: ${error.message}`);
    throw error;
  }
}

/**
 * Connects from a container beside the cluster. This container has no watchdog and no run file. But it has the secret
 * from which the watchdogs of all containers derive the same token.
 */
async function connectByName(host: string, place: Place) {
  const portBase = portBaseOf(place.portBase);
  const asked = askControl({ host, port: portBase }, { path: '/status', timeoutMs: answerMs });
  const { topology } = (await asked.catch(() => {
    const { start } = commandsFor(place);
    throw new LabUsageError(`--attach: no cluster answers at ${host}:${portBase}. This starts one: ${start}`);
  })) as { topology: string };
  const nodes = await nodesByName(topology, portBase);
  const token = process.env.TIERLAB_OPERATOR_TOKEN || operatorTokenFrom(identitySecret(dataDirOf(place.data)));
  const ports = controlPorts({ watchdogPort: portBase, nodes });
  return { portBase, token, topology, nodes, ports };
}

async function undo({ policies, faults }: Changes, token: string, place: Place): Promise<void> {
  const order = (at: ControlAddress, method: 'POST' | 'DELETE', path: string, body?: unknown) =>
    askControl(at, { method, path, body, token, timeoutMs: answerMs });
  // A fault of a process that has ended is gone.
  for (const { at, id } of faults) await order(at, 'DELETE', `/admin/faults/${id}`).catch(() => undefined);
  const startedAt = performance.now();
  for (const [node, { at, policy }] of Object.entries(policies))
    for (;;) {
      const problem = await order(at, 'POST', '/admin/policy', policy).then(
        () => undefined,
        (error: Error) => error,
      );
      if (problem === undefined) break;
      if (performance.now() - startedAt > undoBoundMs)
        throw new LabUnknownError(
          `the policy of ${node} cannot be put back: ${problem.message}`,
          `${commandsFor(place).tierlab} policy resilient --node ${node}`,
        );
      await sleep(systemScheduler, 250);
    }
}
