import { fetchDirect } from '../../shared/net/direct.ts';
import type { Topology } from '../../shared/cluster/topology.ts';
import { RpcError } from '../../shared/rpc/errors.ts';

/**
 * Common English words, so that most data sets have results. They are used in turn, so that caches cannot answer all
 * probes.
 */
const words =
  'water light house music horse stone bread winter paper garden river money letter color bridge island'.split(' ');

/** The longest time that a user waits, ms. */
const patienceMs = 5_000;

/** The public address: the client's, else the gateway's. */
function userDoor(topology: Topology): string | undefined {
  for (const component of ['client', 'gateway']) {
    const node = topology.nodes.find(({ doors }) => doors[component] !== undefined);
    if (node)
      return `http://${node.host}:${node.doors[component]}${component === 'client' ? '/search' : '/api/search'}`;
  }
  return undefined;
}

/**
 * A search as a user would send it; rejects, with the address and the reason, when there is no good answer in time.
 * Without a public address there are no users, so the probe succeeds.
 */
export function userProbe(topology: Topology, timeoutMs = patienceMs): () => Promise<void> {
  const door = userDoor(topology);
  let turn = 0;
  return async function probe() {
    if (door === undefined) return;
    const { ok, status } = await wholeAnswer(`${door}?q=${words[turn++ % words.length]}`, timeoutMs).catch(
      (cause: unknown) => {
        throw new RpcError('unavailable', `${door} did not answer: ${whyNot(cause, timeoutMs)}`, { cause });
      },
    );
    if (!ok) throw new RpcError('unavailable', `${door} answered ${status}`);
  };
}

async function wholeAnswer(url: string, timeoutMs: number): Promise<Response> {
  const response = await fetchDirect(url, { signal: AbortSignal.timeout(timeoutMs) });
  await response.text();
  return response;
}

/** `fetch` hides the socket's error in the cause. */
function whyNot(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error;
  return name === 'TimeoutError'
    ? `not within ${timeoutMs} ms`
    : ((cause as { code?: string } | undefined)?.code ?? message);
}
