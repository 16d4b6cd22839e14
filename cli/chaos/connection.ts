import { tierlab } from '../command-line.ts';
import { controlPorts, type ControlPort } from '../../services/chaos/control-port.ts';
import { askControl } from '../../shared/control/client.ts';
import { asRpcError } from '../../shared/rpc/errors.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { operatorToken, portBaseOf } from '../run-file.ts';
import { fetchStatus, type ClusterNode } from '../watchdog-client.ts';

/** How the chaos commands reach a running cluster: the controller's address, and every place that holds faults. */
export interface ChaosConnection {
  readonly portBase: number;
  readonly dataDir: string;
  readonly token: string;
  /** Undefined: no node of this topology hosts the controller. */
  readonly controller: string | undefined;
  readonly ports: readonly ControlPort[];
  /** The nodes at the time of connecting. */
  readonly nodes: readonly ClusterNode[];
  readonly topology: string;
}

/** Throws CommandError if no cluster answers, or if its token cannot be read. */
export async function connect(flags: ClusterFlags): Promise<ChaosConnection> {
  const portBase = portBaseOf(flags.portBase);
  const { topology, nodes } = await fetchStatus(portBase);
  const dataDir = dataDirOf(flags.data);
  const token = operatorToken(dataDir, portBase, 'inject faults');
  const ports = controlPorts({ watchdogPort: portBase, nodes });
  const host = nodes.find(({ components }) => components.includes('chaos'));
  return {
    portBase,
    dataDir,
    token,
    controller: host && `http://${host.host}:${host.publicPort}/api/chaos`,
    ports,
    nodes,
    topology,
  };
}

/**
 * The timeout of a request to the controller, ms. It is long, because the controller observes the steady state for some
 * seconds and then calls every target.
 */
const patienceMs = 20_000;

/** Asks the controller. Throws UsageError for an invalid request, and CommandError for every other refusal. */
export async function askController(
  { controller, token, portBase, dataDir }: ChaosConnection,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  if (controller === undefined)
    throw new CommandError('this topology hosts no chaos controller: place the component "chaos" on a node');
  const { hostname: host, port, pathname } = new URL(controller);
  const request = { method, path: pathname + path, body, token, timeoutMs: patienceMs };
  return askControl({ host, port: Number(port) }, request).catch((thrown: unknown) => {
    const { relayed, status, message } = asRpcError(thrown);
    if (relayed) throw status === 400 ? new UsageError(message) : new CommandError(message);
    const halt = tierlab('chaos halt', { portBase, dataDir });
    throw new CommandError(`the chaos controller at ${controller} does not answer. This works without it: ${halt}`);
  });
}
