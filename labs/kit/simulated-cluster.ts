import { createMonitor, type Monitor, type MonitorSwitches } from '../../services/monitor/monitor.ts';
import type { Digest } from '../../services/monitor/contract.ts';
import { createRole } from '../../shared/cluster/role.ts';
import { expandTopology } from '../../shared/cluster/topology-file.ts';
import { startedNodes, type Topology, type TopologyFile, type TopologyNode } from '../../shared/cluster/topology.ts';
import { createHeartbeatReceiver, type ReceiveDatagram } from '../../shared/membership/heartbeat-receiver.ts';
import { startHeartbeatSender } from '../../shared/membership/heartbeat.ts';
import type { CallEvidence } from '../../shared/membership/call-evidence.ts';
import type { Incident } from '../../services/monitor/incident.ts';
import { createLagMeter } from '../../shared/membership/lag.ts';
import type { View } from '../../shared/membership/view.ts';
import { incarnationKey, pairKey } from '../../shared/security/heartbeat-keys.ts';
import type { Call, Service } from '../../shared/rpc/call.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import { createSimulatedProcesses, type ReportSources } from './simulated-process.ts';
import { createSimulatedWatchdog } from './simulated-watchdog.ts';
import { createNetwork, type Network } from '../../shared/time/sim/network.ts';
import { createSimulation, type Simulation } from '../../shared/time/sim/simulation.ts';

/**
 * A cluster of nodes and monitors in virtual time: monitors, heartbeat senders, roles and repairs are those of the
 * system; processes and their watchdog are simulated.
 */
export interface SimulatedCluster {
  readonly sim: Simulation;
  readonly network: Network;
  readonly topology: Topology;
  readonly monitors: ReadonlyMap<string, Monitor>;
  /** `verdict` and `order` lines of all monitors: `<second> <monitor> <node> <from> > <to>`. */
  readonly log: string[];
  readonly verdicts: { at: number; monitor: string; node: string; verdict: string }[];
  readonly incidents: { monitor: string; incident: Incident }[];
  /** Restarts that the watchdog carried out for an order. */
  readonly restarts: string[];
  /** The incident log of a monitor, as it is now. */
  incidentsOf(monitor: string): readonly Incident[];
  viewOf(node: string): View | undefined;
  kill(node: string, options?: { held?: boolean }): void;
  release(node: string): void;
  hang(node: string): void;
  /** The process does nothing for this time: its timers and messages wait. */
  stall(node: string, ms: number): void;
  /** The node's whole machine does nothing for this time: the watchdog does not answer either. */
  pauseMachine(node: string, ms: number): void;
  /** Whether `to` serves a call of `from` within `timeoutMs`. `fenced: false` leaves out the fence of its role. */
  call(from: string, to: string, options: { timeoutMs: number; fenced?: boolean }): Promise<boolean>;
  /** What a node will report with its next heartbeat. */
  sees(node: string, ...evidence: CallEvidence[]): void;
  /** Where a node's evidence and its report about itself come from, instead of `sees`. */
  connect(node: string, sources: ReportSources): void;
}

export interface SimulatedOptions {
  /** The time (in ms) from the start of a process to its first heartbeat. */
  readonly startMs?: number;
  /** The time (in ms) from the first heartbeat, or the promotion of a warm standby, until the process can serve. */
  readonly loadMs?: number;
  /** How long the ops network takes. */
  readonly controlMs?: number;
  /** Processes start at random times up to this time, so that their heartbeats do not come at the same moment. */
  readonly staggerMs?: number;
  /** The switches of each monitor. */
  readonly switches?: (monitor: string) => MonitorSwitches;
}

export function createSimulatedCluster(
  seed: number | string,
  groups: TopologyFile['nodes'],
  { startMs = 0, loadMs = 300, controlMs = 2, staggerMs = 0, switches }: SimulatedOptions = {},
): SimulatedCluster {
  const sim = createSimulation(seed);
  const { clock, scheduler } = sim;
  const network = createNetwork({ scheduler, random: sim.random });
  const topology = expandTopology({ name: 'simulated', summary: '', style: 'object-based', nodes: groups });
  const { processOf, send, ask, schedulerOf } = createSimulatedProcesses(
    topology.nodes.map(({ id }) => id),
    { clock, scheduler, network },
  );
  const monitorIds = topology.nodes.filter(({ components }) => components.includes('monitor')).map(({ id }) => id);
  const secret = new Uint8Array(32);
  const receivers = new Map<string, ReceiveDatagram>();
  const monitors = new Map<string, Monitor>();
  const log: string[] = [];
  const verdicts: SimulatedCluster['verdicts'] = [];
  const incidents: SimulatedCluster['incidents'] = [];
  const restarts: string[] = [];
  const incidentsOf = (monitor: string): readonly Incident[] => [
    ...new Map(
      incidents.filter((it) => it.monitor === monitor).map(({ incident }) => [incident.id, incident]),
    ).values(),
  ];

  const nodeOf = (node: string): TopologyNode => topology.nodes.find(({ id }) => id === node)!;

  function start(node: string): void {
    const process = processOf(node);
    const incarnation = (process.incarnation = process.incarnation + 1);
    process.state = 'up';
    process.isOpen = false;
    const own = schedulerOf(node, incarnation);
    const role = (process.role = createRole({
      node: nodeOf(node),
      setPhase: (phase) => process.heartbeatSender!.setPhase(phase),
      open: () =>
        new Promise((resolve) => {
          own.after(loadMs, () => {
            process.isOpen = true;
            resolve();
          });
        }),
      onFailure: () => undefined,
    }));
    const lag = createLagMeter(clock, own);
    if (nodeOf(node).components.includes('monitor')) startMonitor(node, own, lag);
    process.heartbeatSender = startHeartbeatSender({
      node,
      incarnation,
      process: `${node} ${incarnation}`,
      monitors: new Map(monitorIds.map((id) => [id, incarnationKey(pairKey(secret, node, id), incarnation)])),
      clock,
      scheduler: own,
      self: () => ({
        ...(process.sources.self?.() ?? { received: 0, answered: 0, ended: 0, timed: 0, busyMs: 0 }),
        lagMs: lag.lagMs(),
        ownLagMs: lag.ownLagMs(),
      }),
      evidence: () => [...process.evidence.splice(0), ...(process.sources.evidence?.() ?? [])],
      token: role.token,
      send: (monitor, datagram) =>
        send<Uint8Array>(
          node,
          monitor,
          (answer) => receivers.get(monitor)!(datagram, answer),
          (answer) => processOf(node).heartbeatSender!.receive(answer),
        ),
      onView: role.follow,
    });
    void role.begin();
  }

  function startLater(node: string): void {
    const process = processOf(node);
    process.state = 'starting';
    scheduler.after(startMs, () => process.state === 'starting' && start(node));
  }

  function startMonitor(node: string, own: Scheduler, lag: ReturnType<typeof createLagMeter>): void {
    const second = () => (clock.now() / 1_000).toFixed(2);
    const { incarnation } = processOf(node);
    const it = createMonitor({
      node,
      incarnation,
      topology,
      clock,
      scheduler: own,
      lag,
      control,
      token: 'operator',
      ...(switches && { switches: switches(node) }),
      // The incident log of a monitor outlives its process.
      open: incidentsOf(node).filter(({ outcome }) => outcome === 'open'),
      promotions: [],
      exchange: (other, digest: Digest) => ask(node, other, 450, () => monitors.get(other)!.exchanged(digest)),
      onIncident: (incident) => void incidents.push({ monitor: node, incident }),
      onVerdict(member, from, { verdict, reasons }) {
        verdicts.push({ at: clock.now(), monitor: node, node: member, verdict });
        log.push(`${second()} ${node} ${member} ${from} > ${verdict}: ${reasons[0] ?? ''}`);
      },
      onOrder: (order, result) => void log.push(`${second()} ${node} orders ${order.do} ${order.node}: ${result}`),
      onPromotion: () => undefined,
    });
    monitors.set(node, it);
    receivers.set(
      node,
      createHeartbeatReceiver({
        monitor: node,
        process: `${node} ${incarnation}`,
        keys: new Map(topology.nodes.map(({ id }) => [id, pairKey(secret, id, node)])),
        heard(beat) {
          it.heard(beat);
          return true;
        },
        reported: it.reported,
        view: it.viewForNodes,
      }),
    );
  }

  function stop(node: string, state: 'down' | 'held' | 'hung'): void {
    const process = processOf(node);
    process.state = state;
    if (state !== 'hung') process.heartbeatSender?.stop();
    if (state === 'down') scheduler.after(100, () => processOf(node).state === 'down' && startLater(node));
  }

  const restart = (node: string): void => {
    restarts.push(node);
    stop(node, 'down');
  };
  const control = createSimulatedWatchdog({
    topology,
    processOf,
    clock,
    scheduler,
    controlMs,
    start: startLater,
    restart,
  });

  for (const { id } of startedNodes(topology))
    if (staggerMs === 0) start(id);
    else scheduler.after(staggerMs * sim.random.next(), () => start(id));

  function stall(node: string, ms: number): void {
    const process = processOf(node);
    process.stalledUntil = Math.max(process.stalledUntil, clock.now() + ms);
  }

  return {
    sim,
    network,
    topology,
    monitors,
    log,
    verdicts,
    incidents,
    restarts,
    incidentsOf,
    viewOf: (node) => processOf(node).heartbeatSender?.view(),
    kill: (node, { held = false } = {}) => stop(node, held ? 'held' : 'down'),
    release: startLater,
    hang: (node) => stop(node, 'hung'),
    stall,
    pauseMachine(node, ms) {
      stall(node, ms);
      processOf(node).machinePausedUntil = clock.now() + ms;
    },
    async call(from, to, { timeoutMs, fenced = true }) {
      const served = async (): Promise<boolean> => {
        const { isOpen, role } = processOf(to);
        if (!isOpen || !fenced) return isOpen;
        const reply: Service = async () => ({ body: {}, servedBy: [to] });
        return role!
          .layer(reply)({ priority: 'read' } as Call)
          .then(
            () => true,
            () => false,
          );
      };
      return ask(from, to, timeoutMs, served).catch(() => false);
    },
    connect: (node, sources) => void (processOf(node).sources = sources),
    sees: (node, ...evidence) => void processOf(node).evidence.push(...evidence),
  };
}
