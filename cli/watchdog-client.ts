import { askControl, type ControlRequest } from '../shared/control/client.ts';
import { asRpcError, type RpcError } from '../shared/rpc/errors.ts';
import type { TopologyNode } from '../shared/cluster/topology.ts';
import type { NodeStatus } from '../shared/cluster/watchdog/node-status.ts';
import { type Holder, holdersOf } from '../shared/cluster/watchdog/port-check.ts';
import { isStoppedProcess } from '../shared/process-stat.ts';
import { sleep, systemScheduler } from '../shared/time/scheduler.ts';
import { namedPlace, tierlab } from './command-line.ts';
import { CommandError } from './errors.ts';

/** A watchdog's report about a node. `silent`: the watchdog does not answer, so its container or machine is gone. */
export type ClusterNode = Omit<NodeStatus, 'state'> & {
  readonly host: string;
  readonly state: NodeStatus['state'] | 'silent';
  /** When its watchdog was started, wall-clock ms; Infinity while the watchdog is silent. */
  readonly watchedSince: number;
};

/** The report of one watchdog. */
interface WatchdogStatus {
  readonly topology: string;
  readonly startedAt: number;
  /** Missing in the report of an older version. */
  readonly at?: number;
  readonly nodes: readonly NodeStatus[];
}

export interface ClusterStatus {
  readonly topology: string;
  /**
   * The time by the clock of the cluster, ms since 1970. The clock of this machine may have been set since the start,
   * or the machine may have been suspended.
   */
  readonly at: number;
  readonly nodes: readonly ClusterNode[];
}

type Place = Pick<
  TopologyNode,
  'id' | 'components' | 'shard' | 'standby' | 'host' | 'port' | 'opsPort' | 'publicPort' | 'doors'
>;

/** One machine's watchdog knows all of its nodes. */
const here = '127.0.0.1';
/** The wait for one of many watchdogs that are asked at once, so that a silent one does not delay the others, ms. */
const otherTimeoutMs = 2_000;

/**
 * All nodes of the cluster at `portBase`. The watchdog of this machine knows them; in a container, the watchdogs of all
 * containers are asked.
 */
export async function fetchStatus(portBase: number): Promise<ClusterStatus> {
  const status = (await askWatchdog(portBase, '/status')) as WatchdogStatus;
  if (!Array.isArray(status?.nodes)) throw otherProgram(portBase, (await holdersOf([portBase])).get(portBase));
  const { topology, at = Date.now() } = status;
  if (process.env.TIERLAB_HOSTS === 'by-name') return { topology, at, nodes: await nodesByName(topology, portBase) };
  return { topology, at, nodes: status.nodes.map((node) => known(node, here, status)) };
}

/** All nodes of a cluster in containers, where the id of a node is its host name. */
export async function nodesByName(topology: string, portBase: number): Promise<readonly ClusterNode[]> {
  const { topologyOf } = await import('./topology.ts');
  const { nodes } = await topologyOf(topology, { portBase, hosts: 'by-name' });
  return statusOf(nodes, portBase);
}

/** The present state of these nodes. Each watchdog is asked once, and is silent after `timeoutMs`. */
export async function statusOf(
  places: readonly Place[],
  portBase: number,
  timeoutMs = otherTimeoutMs,
): Promise<readonly ClusterNode[]> {
  const hosts = [...new Set(places.map(({ host }) => host))];
  const answers = await Promise.all(
    hosts.map(async (host) => {
      const asked = askControl({ host, port: portBase }, { path: '/status', timeoutMs });
      return [host, (await asked.catch(() => undefined)) as WatchdogStatus | undefined] as const;
    }),
  );
  const byHost = new Map(answers);
  return places.map((place) => {
    const status = byHost.get(place.host);
    const node = status?.nodes.find(({ id }) => id === place.id);
    return status && node ? known(node, place.host, status) : silent(place);
  });
}

const known = (node: NodeStatus, host: string, { startedAt }: WatchdogStatus): ClusterNode => ({
  ...node,
  host,
  watchedSince: startedAt,
});

function silent({ id, components, shard, standby, host, port, opsPort, doors, publicPort }: Place): ClusterNode {
  const part = { ...(shard !== undefined && { shard }), ...(standby !== undefined && { standby }) };
  const place = { id, components, ...part, host, port, opsPort, doors, publicPort };
  return { ...place, pid: null, state: 'silent', restarts: 0, exits: [], watchedSince: Infinity };
}

/** No watchdog answers at the port base. The message ends with the command that starts a cluster there. */
export class NoClusterError extends CommandError {
  /** The message without the command. */
  readonly reason: string;

  constructor(portBase: number, cause: unknown) {
    const reason = `no cluster answers at port base ${portBase}. If yours has another one, name it with --port-base.`;
    super(`${reason} This starts one: ${tierlab('up', { ...namedPlace(), portBase })}`, { cause });
    this.reason = reason;
  }
}

type Asked = Omit<ControlRequest, 'path' | 'timeoutMs'> & { readonly timeoutMs?: number };

/**
 * Asks this machine's watchdog of the cluster at `portBase`. If it is silent, the error names the reason: nobody
 * listens there, or a process that does not answer.
 */
export async function askWatchdog(portBase: number, path: string, asked: Asked = {}): Promise<unknown> {
  const at = { host: here, port: portBase };
  const looking = new AbortController();
  const givingUp = new AbortController();
  const answer = request(
    at,
    { path, ...asked, signal: givingUp.signal },
    (cause) => new NoClusterError(portBase, cause),
  )
    .catch(async (error: unknown) => {
      throw (await whoElseAnswers(portBase, path, error)) ?? error;
    })
    .finally(() => looking.abort());
  const reason = sleep(systemScheduler, silenceMs, looking.signal).then(() => whyNoAnswer(portBase));
  const settled = await Promise.race([answer, reason.catch(() => undefined)]);
  if (settled instanceof CommandError) {
    answer.catch(() => undefined);
    givingUp.abort();
    throw settled;
  }
  return answer;
}

/** The wait for an answer, ms. An answer takes milliseconds, or up to a second on a busy machine. */
const silenceMs = 1_500;

/**
 * Why the process at the watchdog's port does not answer; undefined if this is unknown, and the caller goes on waiting.
 */
async function whyNoAnswer(port: number): Promise<CommandError | undefined> {
  const holder = (await holdersOf([port])).get(port);
  if (holder === undefined) return undefined;
  const { pid, command } = holder;
  if (!isTierlab(command)) return otherProgram(port, holder);
  if (!isStoppedProcess(pid)) return undefined;
  return new CommandError(
    `the watchdog at port base ${port} (process ${pid}) is stopped by a signal, so it cannot answer. ` +
      `This lets it go on: kill -CONT ${pid}`,
  );
}

/**
 * The error for another program that answers at the port, such as a node of another cluster; undefined for other
 * errors. Only a watchdog has /status.
 */
async function whoElseAnswers(port: number, path: string, error: unknown): Promise<CommandError | undefined> {
  const code = error instanceof CommandError ? (error.cause as RpcError | undefined)?.code : undefined;
  if (code !== 'bad_reply' && !(code === 'not_found' && path === '/status')) return undefined;
  const holder = (await holdersOf([port])).get(port);
  return otherProgram(port, holder);
}

function otherProgram(port: number, holder: Holder | undefined): CommandError {
  const who = holder === undefined ? 'another program' : `process ${holder.pid} (${holder.command.slice(0, 80)})`;
  return new CommandError(
    `port ${port} is held by ${who}, which is no watchdog of Tierlab; --port-base names another port`,
  );
}

/** Whether a command line is that of a watchdog. */
export const isTierlab = (command: string): boolean => /(tierlab\.js|main\.ts) (up|node)\b/.test(command);

/** Asks one control port: a node's ops port, or one of its doors. */
export async function askPort(at: { readonly host: string; readonly port: number }, path: string, asked: Asked = {}) {
  const where = at.host === here ? `port ${at.port}` : `${at.host}:${at.port}`;
  return request(at, { path, ...asked }, (cause) => new CommandError(`nothing answers at ${where}`, { cause }));
}

async function request(
  at: { readonly host: string; readonly port: number },
  asked: Asked & { readonly path: string },
  ifSilent: (cause: RpcError) => CommandError,
): Promise<unknown> {
  return askControl(at, { timeoutMs: 30_000, ...asked }).catch((thrown: unknown) => {
    const error = asRpcError(thrown);
    const isAnswer = error.relayed || error.code === 'bad_reply';
    throw isAnswer ? new CommandError(error.message, { cause: error }) : ifSilent(error);
  });
}
