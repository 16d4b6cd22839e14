import { createMonitor, type Monitor, type MonitorSwitches } from '../../../services/monitor/monitor.ts';
import type { Digest } from '../../../services/monitor/contract.ts';
import type { ControlClient } from '../../../shared/control/client.ts';
import { createRepairs } from '../../../shared/cluster/watchdog/repairs.ts';
import type { Child, ChildState } from '../../../shared/cluster/watchdog/child.ts';
import { expand } from '../../../shared/cluster/topology-file.ts';
import type { Topology, TopologyFile } from '../../../shared/cluster/topology.ts';
import { createHeartbeatReceiver, type ReceiveDatagram } from '../../../shared/membership/heartbeat-receiver.ts';
import { startHeartbeatSender, type HeartbeatSender } from '../../../shared/membership/heartbeat.ts';
import type { CallEvidence } from '../../../shared/membership/call-evidence.ts';
import type { SelfReport } from '../../../shared/membership/self-report.ts';
import type { Incident } from '../../../services/monitor/incident.ts';
import { createLagMeter } from '../../../shared/membership/lag.ts';
import type { View } from '../../../shared/membership/view.ts';
import { incarnationKey, pairKey } from '../../../shared/security/heartbeat-keys.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import type { Scheduler } from '../../../shared/time/scheduler.ts';
import { createNetwork, type Network } from '../../../shared/time/sim/network.ts';
import { createSimulation, type Simulation } from '../../../shared/time/sim/simulation.ts';

/**
 * A cluster of nodes and monitors in virtual time: monitors and heartbeat senders are real, processes and their
 * watchdog are simulated.
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
  /** The process does nothing for so long: its timers and messages wait. */
  stall(node: string, ms: number): void;
  /** What a node will report with its next heartbeat. */
  sees(node: string, ...evidence: CallEvidence[]): void;
  /** Where a node's evidence and its report about itself come from, instead of `sees`. */
  connect(node: string, sources: Sources): void;
}

export interface Sources {
  readonly evidence?: () => CallEvidence[];
  readonly self?: () => SelfReport;
}

interface Process {
  state: 'up' | 'hung' | 'down' | 'held';
  incarnation: number;
  heartbeatSender: HeartbeatSender | undefined;
  stalledUntil: number;
  evidence: CallEvidence[];
  sources: Sources;
  token: number | undefined;
}

/** From the first heartbeat to the one that says `ready`. */
const usualBootMs = 300;

export function createSimulatedCluster(
  seed: number | string,
  groups: TopologyFile['nodes'],
  {
    bootMs = usualBootMs,
    controlMs = 2,
    switches,
  }: { bootMs?: number; controlMs?: number; switches?: MonitorSwitches } = {},
): SimulatedCluster {
  const sim = createSimulation(seed);
  const { clock, scheduler } = sim;
  const network = createNetwork({ scheduler, random: sim.random });
  const topology = expand({ name: 'ward', summary: '', style: 'object-based', nodes: groups });
  const processes = new Map<string, Process>(
    topology.nodes.map(({ id }) => [
      id,
      {
        state: 'down',
        incarnation: 0,
        heartbeatSender: undefined,
        stalledUntil: 0,
        evidence: [],
        sources: {},
        token: undefined,
      },
    ]),
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

  /** Runs when the process runs: at once, after its stall, or never. */
  function on(node: string, incarnation: number, task: () => void): void {
    const process = processes.get(node)!;
    if (process.state !== 'up' || process.incarnation !== incarnation) return;
    const waitMs = process.stalledUntil - clock.now();
    if (waitMs > 0) scheduler.after(waitMs, () => on(node, incarnation, task));
    else task();
  }

  const schedulerOf = (node: string, incarnation: number): Scheduler => ({
    after: (ms, task) => scheduler.after(ms, () => on(node, incarnation, task)),
    every: (ms, task) => scheduler.every(ms, () => on(node, incarnation, task)),
  });

  /** One datagram to a monitor, and its answers back. */
  function deliver(node: string, monitor: string, datagram: Uint8Array): void {
    const { incarnation } = processes.get(node)!;
    const to = processes.get(monitor)!;
    network.send(node, monitor, () =>
      on(monitor, to.incarnation, () =>
        receivers.get(monitor)!(datagram, (answer) =>
          network.send(monitor, node, () =>
            on(node, incarnation, () => processes.get(node)!.heartbeatSender!.receive(answer)),
          ),
        ),
      ),
    );
  }

  /** One request and its reply over the virtual network. */
  function ask<T>(from: string, to: string, timeoutMs: number, answer: () => T): Promise<T> {
    const [sender, receiver] = [processes.get(from)!, processes.get(to)!];
    return new Promise((resolve, reject) => {
      const timer = scheduler.after(timeoutMs, () => reject(new RpcError('deadline_exceeded', 'late')));
      const { incarnation } = sender;
      network.send(from, to, () =>
        on(to, receiver.incarnation, () => {
          const reply = answer();
          network.send(to, from, () =>
            on(from, incarnation, () => {
              timer.cancel();
              resolve(reply);
            }),
          );
        }),
      );
    });
  }

  function start(node: string): void {
    const process = processes.get(node)!;
    const incarnation = (process.incarnation = process.incarnation + 1);
    process.state = 'up';
    const own = schedulerOf(node, incarnation);
    const lag = createLagMeter(clock, own);
    if (topology.nodes.find(({ id }) => id === node)!.components.includes('monitor')) startMonitor(node, own, lag);
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
      token: () => process.token,
      send: (monitor, datagram) => deliver(node, monitor, datagram),
      onView(view) {
        const promotion = view.promotions?.find((it) => it.node === node);
        if (!promotion) return;
        process.token = promotion.token;
        if (process.heartbeatSender?.phase() === 'standby') process.heartbeatSender.setPhase('ready');
      },
    });
    const standby = topology.nodes.find(({ id }) => id === node)!.standby;
    own.after(bootMs, () =>
      process.heartbeatSender!.setPhase(standby && process.token === undefined ? 'standby' : 'ready'),
    );
  }

  function startMonitor(node: string, own: Scheduler, lag: ReturnType<typeof createLagMeter>): void {
    const second = () => (clock.now() / 1_000).toFixed(2);
    const { incarnation } = processes.get(node)!;
    monitors.set(
      node,
      createMonitor({
        node,
        incarnation,
        topology,
        clock,
        scheduler: own,
        lag,
        control,
        token: 'operator',
        ...(switches && { switches }),
        // Its incident log outlives it.
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
      }),
    );
    const it = monitors.get(node)!;
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
        view: it.view,
      }),
    );
  }

  function stop(node: string, state: 'down' | 'held' | 'hung'): void {
    const process = processes.get(node)!;
    process.state = state;
    if (state !== 'hung') process.heartbeatSender?.stop();
    if (state === 'down') scheduler.after(100, () => processes.get(node)!.state === 'down' && start(node));
  }

  const childState = (node: string): ChildState => {
    const { state } = processes.get(node)!;
    if (state === 'up' || state === 'hung') return { state: 'ready', pid: 1, since: 0 };
    return state === 'held' ? { state, exit: 'SIGKILL' } : { state: 'backoff', untilMs: 0, exit: 'SIGKILL' };
  };
  const child = (node: string): Child =>
    ({
      id: node,
      state: () => childState(node),
      answers: async () => processes.get(node)!.state === 'up',
      incarnation: () => processes.get(node)!.incarnation,
      async restart() {
        restarts.push(node);
        stop(node, 'down');
      },
      start: () => undefined,
    }) as unknown as Child;
  const repairs = createRepairs({ topology, watchdog: { child }, clock, wipe: async () => undefined });

  /** The ops network: never partitioned, and a hung process does not answer on it either. */
  const control: ControlClient = ({ port }, { path, body, timeoutMs }) =>
    new Promise((resolve, reject) => {
      scheduler.after(controlMs, () => {
        if (path === '/repairs') return void repairs.order(body).then(resolve, reject);
        if (path === '/status')
          return resolve({ nodes: topology.nodes.map(({ id }) => ({ id, state: childState(id).state })) });
        const { id } = topology.nodes.find(({ opsPort }) => opsPort === port)!;
        const { state, stalledUntil } = processes.get(id)!;
        if (state === 'down' || state === 'held') return reject(new RpcError('unreachable', 'nobody listens'));
        const waitMs = state === 'hung' ? Infinity : Math.max(0, stalledUntil - clock.now());
        const late = () => reject(new RpcError('deadline_exceeded', 'no answer'));
        scheduler.after(Math.min(waitMs, timeoutMs), waitMs < timeoutMs ? () => resolve({}) : late);
      });
    });

  for (const { id } of topology.nodes) start(id);
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
    viewOf: (node) => processes.get(node)!.heartbeatSender?.view(),
    kill: (node, { held = false } = {}) => stop(node, held ? 'held' : 'down'),
    release: (node) => start(node),
    hang: (node) => stop(node, 'hung'),
    stall(node, ms) {
      const process = processes.get(node)!;
      process.stalledUntil = Math.max(process.stalledUntil, clock.now() + ms);
    },
    connect: (node, sources) => void (processes.get(node)!.sources = sources),
    sees: (node, ...evidence) => void processes.get(node)!.evidence.push(...evidence),
  };
}
