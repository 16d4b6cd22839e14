import { partsOf, type Topology } from '../../shared/cluster/topology.ts';
import {
  atLeast,
  downtimes,
  fewerThan,
  availabilityOver,
  nodeAvailability,
  type Availability,
  type Interval,
} from './availability.ts';
import type { Incident } from './incident.ts';

/** A service is up while at least one replica of each of its shards is up. */
export type ServiceAvailability = Availability & {
  readonly replicas: number;
  /** What the availabilities of its replicas promise if they fail independently: 1 - (1 - a)^n. */
  readonly expected: number;
};

export interface AvailabilityReport {
  readonly from: number;
  readonly to: number;
  readonly nodes: readonly Availability[];
  readonly services: readonly ServiceAvailability[];
  /** It is up while everything that users need is up. */
  readonly whole: Availability;
}

/** The control tier. Searches go on without it. */
export const control: ReadonlySet<string> = new Set(['monitor', 'chaos', 'console', 'traces']);

/**
 * Pure: the availability of everything over `observed`, wall-clock ms. A service has no repair phases of its own.
 */
export function availabilityReport(
  topology: Topology,
  incidents: readonly Incident[],
  observed: Interval,
): AvailabilityReport {
  const byNode = Map.groupBy(incidents, ({ node }) => node);
  const of = (node: string): readonly Incident[] => byNode.get(node) ?? [];
  const nodes = topology.nodes.map(({ id }) => nodeAvailability(id, of(id), observed));
  const measured = new Map(nodes.map(({ name, measured: value }) => [name, value]));

  const names = [...new Set(topology.nodes.flatMap(({ components }) => components))];
  const down = new Map<string, Interval[]>();
  const services = names.map((name): ServiceAvailability => {
    const shards = partsOf(topology, name);
    const parts = shards.flatMap((replicas) =>
      fewerThan(
        1,
        replicas.map(({ id }) => downtimes(of(id))),
      ),
    );
    down.set(name, parts);
    const expected = shards.reduce(
      (product, replicas) =>
        product *
        atLeast(
          1,
          replicas.map(({ id }) => measured.get(id)!),
        ),
      1,
    );
    return { ...availabilityOver(name, parts, observed), replicas: shards.flat().length, expected };
  });
  return {
    from: observed.from,
    to: observed.to,
    nodes,
    services,
    whole: availabilityOver(
      topology.name,
      names.filter((name) => !control.has(name)).flatMap((name) => down.get(name)!),
      observed,
    ),
  };
}
