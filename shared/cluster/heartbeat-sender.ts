import { monitor, type Heartbeat } from '../membership/contract.ts';
import type { View } from '../membership/view.ts';
import type { Context } from '../rpc/context.ts';
import type { Client } from '../rpc/client.ts';
import { upstream, type Upstream } from '../rpc/upstream.ts';

/** A heartbeat that takes longer than this is given up. */
const timeoutMs = 1_000;

/** Sends heartbeats as calls to one certain monitor; resolves with its view when it has a newer one. */
export function heartbeatSender(toNode: Client['toNode'], newContext: (timeoutMs: number) => Context) {
  const monitors = new Map<string, Upstream<typeof monitor>>();

  function known(id: string): Upstream<typeof monitor> {
    let it = monitors.get(id);
    // Spans of heartbeats are not sampled: their ids need no chance.
    if (!it) monitors.set(id, (it = upstream(monitor, toNode(id), { next: () => 0.5 })));
    return it;
  }

  return async function send(id: string, heartbeat: Heartbeat): Promise<View | undefined> {
    const reply = await known(id).heartbeat(heartbeat, newContext(timeoutMs));
    return reply.view;
  };
}
