import type { Passage } from '../faults/datagram-faults.ts';
import type { Crossing } from '../faults/fault.ts';
import { datagramAddressOf } from '../membership/heartbeat-wire.ts';
import type { Running } from './component.ts';
import { openHeartbeatSocket, type HeartbeatSocket, type HeartbeatSocketOptions } from './heartbeat-socket.ts';

type PassageOf = ((crossing: Crossing) => Passage) | undefined;

/** The number of sent datagrams that are remembered, so that a fault can affect their answers, too. */
const maxPassages = 256;

/**
 * Describes the way of a datagram between a node and a monitor, so that network faults can select it. Both ends compute
 * the same id.
 */
function crossingOf(datagram: Uint8Array): Crossing | undefined {
  const address = datagramAddressOf(datagram);
  if (!address) return undefined;
  const { node, monitor, incarnation, number } = address;
  const requestId = `${node}>${monitor}/${incarnation}/${number}`;
  return { from: node, to: monitor, requestId, component: 'monitor', operation: 'heartbeat' };
}

/** Carries a node's heartbeats to the monitors, and the answers back. Injected network faults apply to both. */
export function openHeartbeats({
  passage,
  ...link
}: HeartbeatSocketOptions & { readonly passage: PassageOf }): HeartbeatSocket {
  if (!passage) return openHeartbeatSocket(link);
  const underWay = new Map<string, Passage>();
  const socket = openHeartbeatSocket({
    ...link,
    onMessage(datagram) {
      const of = crossingOf(datagram)?.requestId;
      const passed = of === undefined ? undefined : underWay.get(of);
      if (passed) passed.reply(() => link.onMessage(datagram));
      else link.onMessage(datagram);
    },
  });
  return {
    send(monitor, datagram, asks) {
      const crossing = crossingOf(datagram)!;
      const passed = passage(crossing);
      underWay.set(crossing.requestId, passed);
      if (underWay.size > maxPassages) underWay.delete(underWay.keys().next().value!);
      passed.request(() => socket.send(monitor, datagram, asks));
    },
    close: socket.close,
  };
}

/** The side of a monitor. While the monitor's data ports are closed (stop.refuse), it receives no heartbeats. */
export function heartbeatEntrance(options: {
  readonly receive: NonNullable<Running['datagrams']>;
  readonly isOpen: () => boolean;
  readonly passage: PassageOf;
}): NonNullable<Running['datagrams']> {
  const { receive, isOpen, passage } = options;
  return (datagram, answer) => {
    if (!isOpen()) return;
    const crossing = passage && crossingOf(datagram);
    if (!crossing) return receive(datagram, answer);
    const passed = passage(crossing);
    passed.request(() => receive(datagram, (reply) => passed.reply(() => answer(reply))));
  };
}
