import type { KeyObject } from 'node:crypto';
import { noEvidence, type CallEvidence } from '../../../shared/membership/call-evidence.ts';
import { createHeartbeatReceiver, type Heartbeat } from '../../../shared/membership/heartbeat-receiver.ts';
import { startHeartbeatSender, type HeartbeatSender } from '../../../shared/membership/heartbeat.ts';
import type { View } from '../../../shared/membership/view.ts';
import { incarnationKey, pairKey } from '../../../shared/security/heartbeat-keys.ts';
import { createNetwork } from '../../../shared/time/sim/network.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

export const secret = new Uint8Array(32).fill(5);
export const viewOf = (monitor: string, version: number, members = 0): View => ({
  monitor,
  version,
  members: Array.from({ length: members }, (_, i) => ({ node: `node-${i}`, state: 'alive', incarnation: i })),
});
export const saw = (node: string, more: Partial<CallEvidence> = {}): CallEvidence => ({
  ...noEvidence,
  node,
  group: 'ranking',
  ok: 3,
  ...more,
});

interface Listener {
  readonly beats: Heartbeat[];
  readonly reports: { readonly evidence: readonly CallEvidence[]; readonly agoMs: number }[];
  readonly refused: string[];
  view: View | undefined;
  /** The process ends, and another one takes its place. */
  restart: () => void;
  receive: (datagram: Uint8Array, answer: (datagram: Uint8Array) => void) => void;
}

/** Nodes and two monitors over a virtual network, which can lose, repeat and delay datagrams. */
export function world() {
  const sim = createSimulation('heartbeats');
  const network = createNetwork({ scheduler: sim.scheduler, random: sim.random });
  const sent: Uint8Array[] = [];
  const listeners = new Map(['m-1', 'm-2'].map((id) => [id, listener(id)]));

  function listener(id: string): Listener {
    const keys = new Map(['r-1', 'r-2'].map((node) => [node, pairKey(secret, node, id)]));
    let life = 0;
    const it: Listener = {
      beats: [],
      reports: [],
      refused: [],
      view: viewOf(id, 1),
      receive: () => undefined,
      restart() {
        it.receive = createHeartbeatReceiver({
          monitor: id,
          process: `${id} ${++life}`,
          keys,
          heard: (beat) => it.beats.push(beat) > 0,
          reported: (_node, _incarnation, news) => void it.reports.push(...news),
          view: () => it.view,
          onRefused: (why) => void it.refused.push(why),
        });
      },
    };
    it.restart();
    return it;
  }

  function node(
    id: string,
    more: Partial<Parameters<typeof startHeartbeatSender>[0]> & { process?: string } = {},
  ): HeartbeatSender {
    const { incarnation = 7 } = more;
    const monitors = new Map<string, KeyObject>(
      [...listeners.keys()].map((to) => [to, incarnationKey(pairKey(secret, id, to), incarnation)]),
    );
    const sender: HeartbeatSender = startHeartbeatSender({
      node: id,
      incarnation,
      process: `${id} process`,
      monitors,
      clock: sim.clock,
      scheduler: sim.scheduler,
      send(monitor, datagram) {
        sent.push(datagram);
        const back = (answer: Uint8Array) => {
          sent.push(answer);
          network.send(monitor, id, () => sender.receive(answer));
        };
        network.send(id, monitor, () => listeners.get(monitor)!.receive(datagram, back));
      },
      ...more,
    });
    return sender;
  }
  const run = (ms: number) => sim.run(sim.clock.now() + ms);
  return { sim, network, sent, node, run, monitor: (id: string) => listeners.get(id)! };
}
