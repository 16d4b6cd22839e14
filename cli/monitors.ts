import { CommandError } from './errors.ts';
import { askPort, fetchStatus } from './watchdog-client.ts';

/**
 * Asks the monitors of the cluster at `portBase`: `first`, where it is given and answers, else any that does. They watch the same cluster
 * and agree on what happened, but each tells it with the times that it saw itself.
 */
export async function askMonitor(portBase: number, path: string, first?: string): Promise<unknown> {
  const { topology, nodes } = await fetchStatus(portBase);
  const monitors = nodes.filter(({ components }) => components.includes('monitor'));
  if (monitors.length === 0) throw new CommandError(`topology ${topology} has no monitor`);
  for (const { host, publicPort } of monitors.toSorted((a, b) => Number(b.id === first) - Number(a.id === first))) {
    const answer = await askPort({ host, port: publicPort }, path, { timeoutMs: 2_000 }).catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  throw new CommandError(`no monitor answers: ${monitors.map(({ id, state }) => `${id} is ${state}`).join(', ')}`);
}
