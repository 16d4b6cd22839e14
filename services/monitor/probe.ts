import { watchdogOf, type Topology } from '../../shared/cluster/topology.ts';
import type { ControlClient } from '../../shared/control/client.ts';
import { asRpcError } from '../../shared/rpc/errors.ts';
import { isThisMachine } from '../../shared/net/this-machine.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { ProbeResult } from './node-record.ts';
import { settings } from './settings.ts';

export interface ProberOptions {
  readonly topology: Topology;
  readonly control: ControlClient;
  readonly clock: Clock;
  readonly onResult: (node: string, result: ProbeResult) => void;
}

/**
 * Asks a node in doubt, and asks its watchdog about the process. If a watchdog on another machine does not answer, that
 * machine is gone. If a watchdog on this machine does not answer, it is only slow. The questions go to ops ports and
 * watchdogs, which injected network faults never affect.
 */
export interface Prober {
  /** Does nothing if the node was asked a moment ago. */
  readonly ask: (node: string) => void;
}

export function createProber({ topology, control, clock, onResult }: ProberOptions): Prober {
  const askedAt = new Map<string, number>();
  const underWay = new Set<string>();
  const timeoutMs = settings.probeTimeoutMs;

  async function ask(id: string): Promise<void> {
    const node = topology.nodes.find((it) => it.id === id)!;
    const [opsPort, process] = await Promise.all([
      control({ host: node.host, port: node.opsPort }, { path: '/health', timeoutMs }).then(
        () => 'answers' as const,
        (thrown: unknown) => (asRpcError(thrown).code === 'unreachable' ? ('refused' as const) : ('silent' as const)),
      ),
      control(watchdogOf(topology, node), { path: '/status', timeoutMs }).then(
        (status) => processOf(status, id),
        () => (isThisMachine(node.host) ? undefined : ('unreachable' as const)),
      ),
    ]);
    onResult(id, { opsPort, process });
  }

  return {
    ask(node) {
      const now = clock.now();
      if (underWay.has(node) || now - (askedAt.get(node) ?? -Infinity) < settings.probeGapMs) return;
      askedAt.set(node, now);
      underWay.add(node);
      void ask(node).finally(() => underWay.delete(node));
    },
  };
}

/** What the watchdog says about one process. Undefined when it was stopped on purpose or never started. */
function processOf(status: unknown, id: string): ProbeResult['process'] {
  const rows = (status as { nodes?: { id: string; state: string }[] }).nodes;
  const state = rows?.find((row) => row.id === id)?.state;
  if (state === 'ready' || state === 'starting') return 'running';
  return state === 'backoff' || state === 'crash-loop' || state === 'held' ? 'exited' : undefined;
}
