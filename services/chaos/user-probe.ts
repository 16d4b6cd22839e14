import type { Topology } from '../../shared/cluster/topology.ts';
import { RpcError } from '../../shared/rpc/errors.ts';

/** Common English words, so that most data sets answer them; in turn, so that no cache answers them all. */
const words = 'water light house music horse stone bread winter paper garden river money letter color bridge island'.split(' ');

/** Longer than this no user waits: ms. */
const patienceMs = 5_000;

/** Where users come in: the client's door, else the gateway's. */
export function userDoor(topology: Topology): string | undefined {
  for (const component of ['client', 'gateway']) {
    const node = topology.nodes.find(({ doors }) => doors[component] !== undefined);
    if (node) return `http://${node.host}:${node.doors[component]}${component === 'client' ? '/search' : '/api/search'}`;
  }
  return undefined;
}

/** A search as a user would send it; rejects when it is not answered well and in time. Without a door there are no users to be hurt. */
export function userProbe(topology: Topology): () => Promise<void> {
  const door = userDoor(topology);
  let turn = 0;
  return async function probe() {
    if (door === undefined) return;
    const response = await fetch(`${door}?q=${words[turn++ % words.length]}`, { signal: AbortSignal.timeout(patienceMs) });
    await response.text();
    if (!response.ok) throw new RpcError('unavailable', `the door answered ${response.status}`);
  };
}
