import { CommandError } from './errors.ts';
import { askPort, fetchStatus, type ClusterStatus } from './watchdog-client.ts';

/**
 * Asks a monitor of the cluster at `portBase`: `first` if it is given and answers, else any that answers. All monitors
 * watch the same cluster and agree on the incidents, but each has its own times.
 */
export async function askMonitor(portBase: number, path: string, first?: string): Promise<unknown> {
  const monitors = await monitorsOf(portBase);
  for (const monitor of monitors.toSorted((a, b) => Number(b.id === first) - Number(a.id === first))) {
    const answer = await askOne(monitor, path);
    if (answer !== undefined) return answer;
  }
  throw new CommandError(`no monitor answers: ${monitors.map(({ id, state }) => `${id} is ${state}`).join(', ')}`);
}

/** The answers of all monitors but `one`, without the silent ones. */
export async function askOtherMonitors(portBase: number, path: string, one: string): Promise<readonly unknown[]> {
  const others = (await monitorsOf(portBase)).filter(({ id }) => id !== one);
  return (await Promise.all(others.map((monitor) => askOne(monitor, path)))).filter((answer) => answer !== undefined);
}

type Monitor = ClusterStatus['nodes'][number];

async function monitorsOf(portBase: number): Promise<readonly Monitor[]> {
  const { topology, nodes } = await fetchStatus(portBase);
  const monitors = nodes.filter(({ components }) => components.includes('monitor'));
  if (monitors.length === 0) throw new CommandError(`topology ${topology} has no monitor`);
  return monitors;
}

const askOne = ({ host, publicPort }: Monitor, path: string): Promise<unknown> =>
  askPort({ host, port: publicPort }, path, { timeoutMs: 2_000 }).catch(() => undefined);
