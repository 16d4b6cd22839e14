import { randomBytes } from 'node:crypto';
import { heartbeatIntervalMs } from '../membership/heartbeat.ts';
import { emptyKeyring } from '../security/keyring.ts';
import { startHeartbeats, type NodeHeartbeats } from './heartbeat-source.ts';
import { openHeartbeats } from './heartbeats.ts';
import type { Role } from './role.ts';
import type { Stack } from './stack.ts';
import { nodesHosting, type Topology } from './topology.ts';
import type { NodeParts } from './node-options.ts';

/** The number of moments in each interval at which nodes beat. Monitors look for silences at the same moments. */
const slots = 4;

/** Neighbours in the topology often have the same callers. They beat at different times, so evidence comes sooner. */
const beatPhaseMs = ({ nodes }: Topology, own: string): number =>
  (nodes.findIndex(({ id }) => id === own) % slots) * (heartbeatIntervalMs / slots);

/** Joins the heartbeats of a node to its socket. `close` stops the heartbeats and closes the socket. */
export function joinMonitors({ options, clock, lag, faults }: NodeParts, stack: Stack, role: Role) {
  const { topology, node, incarnation, scheduler, log, keyring = emptyKeyring } = options;
  const monitors = nodesHosting(topology, 'monitor');
  const socket = openHeartbeats({
    monitors,
    clock,
    log,
    passage: faults?.passage,
    onMessage: (datagram) => sender.receive(datagram),
  });
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
