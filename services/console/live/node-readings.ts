import type { ControlClient } from '../../../shared/control/client.ts';
import type { Topology, TopologyNode } from '../../../shared/cluster/topology.ts';
import type { LiveReading } from '../../../shared/rpc/live-reading.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { CallsNow, NodeLive, Snapshot, CallTraffic } from './snapshot.ts';
import { deltas, sum, trafficOf, type Delta } from './traffic.ts';

/** The window of rates and latencies, ms: short enough to show a failure, long enough to hold some calls. */
const windowMs = 5_000;

/** A node that does not answer in this time has no numbers in this second, ms. */
const patienceMs = 900;

/** An older reading says nothing about the present, ms. */
const staleMs = 3_500;

interface Reading {
  readonly at: number;
  readonly reading: LiveReading;
}

interface ReadNode {
  readonly node: TopologyNode;
  /** The readings of the running process within the window, oldest first. */
  readings: Reading[];
  asking: boolean;
}

/**
 * The numbers of all nodes, from their ops ports. A hung node is asked again only after the previous request has ended.
 */
export function createNodeReadings(topology: Topology, control: ControlClient, clock: Clock) {
  const all = topology.nodes.map((node): ReadNode => ({ node, readings: [], asking: false }));

  async function ask(one: ReadNode): Promise<void> {
    if (one.asking) return;
    one.asking = true;
    const { host, opsPort: port } = one.node;
    try {
      const reading = (await control({ host, port }, { path: '/admin/live', timeoutMs: patienceMs })) as LiveReading;
      const at = clock.now();
      if (one.readings.at(-1)?.reading.incarnation !== reading.incarnation) one.readings = [];
      one.readings.push({ at, reading });
      // The oldest reading that is kept is just outside the window.
      while (one.readings.length > 2 && at - one.readings[1]!.at >= windowMs) one.readings.shift();
    } catch {
      // Nothing to do: without new answers, the readings become too old.
    } finally {
      one.asking = false;
    }
  }

  function now(): Pick<Snapshot, 'calls' | 'relations' | 'door'> & { live: ReadonlyMap<string, NodeLive> } {
    const live = new Map<string, NodeLive>();
    const calls: CallsNow[] = [];
    const doors: [Delta, Reading, number][] = [];
    const byRelation = new Map<string, { from: string; to: string; parts: [Delta, Reading, number][] }>();
    for (const { node, readings } of all) {
      const [first, last] = [readings[0], readings.at(-1)];
      if (!first || !last || clock.now() - last.at > staleMs) continue;
      const seconds = (last.at - first.at) / 1_000;
      const { bounds } = last.reading;
      live.set(node.id, nodeLive(first.reading, last.reading, seconds));
      doors.push([deltas([first.reading.door], [last.reading.door])[0]!, last, seconds]);
      const made = deltas(first.reading.called, last.reading.called).filter(({ ok, failed }) => ok + failed > 0);
      for (const [to, parts] of Map.groupBy(made, ({ endpoint }) => endpoint!))
        calls.push({ from: node.id, to, ...trafficOf(sum(parts), seconds, bounds) });
      for (const flow of made) {
        const key = `${node.group} ${flow.component}`;
        const relation = byRelation.get(key) ?? { from: node.group, to: flow.component, parts: [] };
        relation.parts.push([flow, last, seconds]);
        byRelation.set(key, relation);
      }
    }
    const relations = [...byRelation.values()].map(({ from, to, parts }) => ({ from, to, ...together(parts) }));
    return { live, calls, relations, door: together(doors) };
  }

  return {
    ask: () => Promise.all(all.map(ask)),
    now,
    /** What the node runs, as it said last; undefined before its first answer. */
    build: (id: string): string | undefined => all.find(({ node }) => node.id === id)?.readings.at(-1)?.reading.build,
  };
}

/** Adds the flows of several nodes. A node without calls reports no bucket bounds; the bounds of another node count. */
function together(parts: readonly (readonly [Delta, Reading, number])[]): CallTraffic {
  const seconds = Math.max(...parts.map(([, , seconds]) => seconds));
  const bounds = parts.map(([, { reading }]) => reading.bounds).find(({ length }) => length > 0) ?? [];
  return trafficOf(sum(parts.map(([delta]) => delta)), seconds, bounds);
}

function nodeLive(before: LiveReading, after: LiveReading, seconds: number): NodeLive {
  const active = after.loop.activeMs - before.loop.activeMs;
  const idle = after.loop.idleMs - before.loop.idleMs;
  const inFlight = Object.values(after.inFlight).reduce((total, calls) => total + calls, 0);
  const parts = deltas(before.served, after.served);
  // A node without operations, like a client, still answers people.
  const answered = parts.length > 0 ? parts : deltas([before.door], [after.door]);
  return {
    incarnation: after.incarnation,
    upMs: after.upMs,
    lagMs: after.lagMs,
    busy: active + idle > 0 ? Math.round((1_000 * active) / (active + idle)) / 1_000 : 0,
    memoryMb: Math.round(after.memoryBytes / 1_048_576),
    served: trafficOf(sum(answered), seconds, after.bounds),
    inFlight,
    ...(after.longestWaitMs !== undefined && { longestWaitMs: after.longestWaitMs }),
    ejects: after.ejects,
    circuits: after.circuits,
  };
}
