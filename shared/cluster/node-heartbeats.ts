import { randomBytes } from 'node:crypto';
import type { Passage } from '../faults/datagram-faults.ts';
import type { Crossing } from '../faults/fault.ts';
import type { LagMeter } from '../membership/lag.ts';
import { heartbeatIntervalMs } from '../membership/heartbeat.ts';
import { emptyKeyring } from '../security/keyring.ts';
import type { Clock } from '../time/clock.ts';
import { startHeartbeats, type NodeHeartbeats } from './heartbeat-source.ts';
import { openHeartbeats } from './heartbeats.ts';
import type { NodeOptions } from './node-options.ts';
import type { Role } from './role.ts';
import type { Stack } from './stack.ts';
import { nodesHosting, type Topology } from './topology.ts';

interface HeartbeatParts {
  readonly options: NodeOptions;
  /** The node's own clock, which a fault may have moved. */
  readonly clock: Clock;
  readonly role: Role;
  readonly stack: Stack;
  readonly lag: LagMeter;
  readonly passage: ((crossing: Crossing) => Passage) | undefined;
}

/** The times in an interval at which nodes beat. Monitors look for silences at the same times. */
const slots = 4;

/** Neighbours in the topology often have the same callers. They beat at different times, so evidence comes sooner. */
const beatPhaseMs = ({ nodes }: Topology, own: string): number =>
  (nodes.findIndex(({ id }) => id === own) % slots) * (heartbeatIntervalMs / slots);

/** Joins the heartbeats of a node to its socket. `close` stops the heartbeats and closes the socket. */
export function joinMonitors({ options, clock, role, stack, lag, passage }: HeartbeatParts) {
  const { topology, node, incarnation, scheduler, log, keyring = emptyKeyring } = options;
  const monitors = nodesHosting(topology, 'monitor');
  const socket = openHeartbeats({ monitors, clock, log, passage, onMessage: (datagram) => sender.receive(datagram) });
  const sender: NodeHeartbeats = startHeartbeats({
    policy: stack.policy,
    monitorNodes: monitors,
    log,
    node: node.id,
    incarnation,
    process: randomBytes(8).toString('base64url'),
    monitors: keyring.toMonitors,
    clock,
    scheduler,
    phaseMs: beatPhaseMs(topology, node.id),
    self: stack.self.report,
    evidence: stack.evidence.take,
    token: role.token,
    onView: role.follow,
    onInterval: lag.idleTick,
    send: socket.send,
  });
  return {
    phase: sender.phase,
    setPhase: sender.setPhase,
    view: sender.view,
    stop: sender.stop,
    close(): void {
      sender.stop();
      socket.close();
    },
  };
}
