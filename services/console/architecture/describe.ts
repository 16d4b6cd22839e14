import type { Topology } from '../../../shared/cluster/topology.ts';
import { doorOf, nodesHosting } from '../../../shared/cluster/topology.ts';
import { levelOf } from '../../../search/levels.ts';
import { controlPlane } from '../../../shared/cluster/control-plane.ts';
import { contracts } from '../contracts.ts';
import { everywhere } from './everywhere.ts';

/** A component of the topology: what it is for, what it offers, how it relates, and where it runs. */
export interface DescribedComponent {
  readonly name: string;
  readonly purpose: string;
  readonly control: boolean;
  /** The level of the application that it belongs to. */
  readonly level: string | undefined;
  readonly operations: readonly { readonly name: string; readonly summary: string }[];
  readonly calls: readonly string[];
  readonly calledBy: readonly string[];
  readonly nodes: readonly string[];
}

export interface DescribedArchitecture {
  readonly name: string;
  readonly summary: string;
  readonly style: Topology['style'];
  readonly shards: number;
  readonly processes: number;
  readonly components: readonly DescribedComponent[];
  readonly everywhere: typeof everywhere;
  /** The public port where users search. */
  readonly searchPort: number | undefined;
}

/** Pure: the architecture of a topology, from contracts and placement. */
export function describe(topology: Topology): DescribedArchitecture {
  const { name, summary, style, shards, nodes } = topology;
  const present = new Set(nodes.flatMap(({ components }) => components));
  const callees = (component: string): readonly string[] =>
    (contracts.get(component)?.calls[style] ?? []).filter((callee) => present.has(callee));
  const known = [...contracts.keys()].filter((it) => present.has(it));
  return {
    name,
    summary,
    style,
    shards,
    processes: nodes.length,
    everywhere,
    searchPort: doorOf(topology, 'client') ?? doorOf(topology, 'gateway'),
    components: [...new Set([...known, ...present])].map((component) => ({
      name: component,
      purpose: contracts.get(component)?.purpose ?? '',
      control: controlPlane.has(component),
      level: controlPlane.has(component) ? undefined : levelOf(component),
      operations: Object.values(contracts.get(component)?.operations ?? {}).map(
        ({ name: operation, summary: text }) => ({ name: operation, summary: text }),
      ),
      calls: callees(component),
      calledBy: [...present].filter((other) => callees(other).includes(component)),
      nodes: nodesHosting(topology, component).map(({ id }) => id),
    })),
  };
}
