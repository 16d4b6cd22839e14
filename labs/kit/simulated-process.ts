import type { Role } from '../../shared/cluster/role.ts';
import type { CallEvidence } from '../../shared/membership/call-evidence.ts';
import type { HeartbeatSender } from '../../shared/membership/heartbeat.ts';
import type { SelfReport } from '../../shared/membership/self-report.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import type { Network } from '../../shared/time/sim/network.ts';

export interface ReportSources {
  readonly evidence?: () => CallEvidence[];
  readonly self?: () => SelfReport;
}

/** One process of a simulated cluster. */
export interface SimulatedProcess {
  state: 'stopped' | 'starting' | 'up' | 'hung' | 'down' | 'held';
  incarnation: number;
  heartbeatSender: HeartbeatSender | undefined;
  stalledUntil: number;
  evidence: CallEvidence[];
  sources: ReportSources;
  role: Role | undefined;
  /** It has loaded what it needs to serve. */
  isOpen: boolean;
  /** Until then its watchdog does not answer. */
  machinePausedUntil: number;
}

const stoppedProcess = (): SimulatedProcess => ({
  state: 'stopped',
  incarnation: 0,
  heartbeatSender: undefined,
  stalledUntil: 0,
  evidence: [],
  sources: {},
  role: undefined,
  isOpen: false,
  machinePausedUntil: 0,
});

/** The processes of a simulated cluster, and what they do to each other: their timers and messages stop with them. */
export function createSimulatedProcesses(
  ids: readonly string[],
  { clock, scheduler, network }: { clock: Clock; scheduler: Scheduler; network: Network },
) {
  const processes = new Map(ids.map((id) => [id, stoppedProcess()]));
  const processOf = (node: string): SimulatedProcess => processes.get(node)!;

  /** Runs when the process runs: at once, after its stall, or never. */
  function on(node: string, incarnation: number, task: () => void): void {
    const process = processOf(node);
    if (process.state !== 'up' || process.incarnation !== incarnation) return;
    const waitMs = process.stalledUntil - clock.now();
    if (waitMs > 0) scheduler.after(waitMs, () => on(node, incarnation, task));
    else task();
  }

  /** A message from `from`, which `to` may answer. Only the process that sent it gets the answer. */
  function send<T>(
    from: string,
    to: string,
    handle: (answer: (value: T) => void) => void,
    onAnswer: (value: T) => void,
  ) {
    const { incarnation } = processOf(from);
    const answer = (value: T) => network.send(to, from, () => on(from, incarnation, () => onAnswer(value)));
    network.send(from, to, () => on(to, processOf(to).incarnation, () => handle(answer)));
  }

  return {
    processOf,
    send,
    /** The timers of one process. */
    schedulerOf: (node: string, incarnation: number): Scheduler => ({
      after: (ms, task) => scheduler.after(ms, () => on(node, incarnation, task)),
      every: (ms, task) => scheduler.every(ms, () => on(node, incarnation, task)),
    }),
    /** One request and its reply over the virtual network. */
    ask: <T>(from: string, to: string, timeoutMs: number, reply: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        const timer = scheduler.after(timeoutMs, () => reject(new RpcError('deadline_exceeded', 'late')));
        send<T>(
          from,
          to,
          (answer) => answer(reply()),
          (value) => {
            timer.cancel();
            resolve(value);
          },
        );
      }),
  };
}
