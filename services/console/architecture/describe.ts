import type { Topology } from '../../../shared/cluster/topology.ts';
import { nodesHosting } from '../../../shared/cluster/topology.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import { levelOf } from '../../../search/levels.ts';
import { app } from '../../app/contract.ts';
import { chaos } from '../../chaos/contract.ts';
import { client } from '../../client/contract.ts';
import { database } from '../../database/contract.ts';
import { gateway } from '../../gateway/contract.ts';
import { html } from '../../html/contract.ts';
import { monitor } from '../../monitor/contract.ts';
import { query } from '../../query/contract.ts';
import { ranking } from '../../ranking/contract.ts';
import { traces } from '../../traces/contract.ts';
import { calls, controlPlane } from '../calls.ts';
import { everywhere, functions } from './functions.ts';

const contracts: readonly Contract[] = [app, chaos, client, database, gateway, html, monitor, query, ranking, traces];

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

export interface Architecture {
  readonly name: string;
  readonly summary: string;
  readonly style: Topology['style'];
  readonly shards: number;
  readonly processes: number;
  readonly components: readonly DescribedComponent[];
  readonly everywhere: typeof everywhere;
}

/** Pure: the architecture of a topology, from contracts, calls and placement. */
export function describe(topology: Topology): Architecture {
  const { name, summary, style, shards, nodes } = topology;
  const present = [...new Set(nodes.flatMap(({ components }) => components))];
  const callees = (component: string): readonly string[] =>
    (calls[component]?.[style] ?? []).filter((callee) => present.includes(callee));
  const order = Object.keys(functions).filter((it) => present.includes(it));
  const rest = present.filter((component) => !order.includes(component));
  return {
    name,
    summary,
    style,
    shards,
    processes: nodes.length,
    everywhere,
    components: [...order, ...rest].map((component) => ({
      name: component,
      purpose: functions[component] ?? '',
      control: controlPlane.has(component),
      level: controlPlane.has(component) ? undefined : levelOf(component),
      operations: Object.values(contracts.find((it) => it.component === component)?.operations ?? {}).map(
        ({ name: operation, summary: text }) => ({ name: operation, summary: text }),
      ),
      calls: callees(component),
      calledBy: present.filter((other) => callees(other).includes(component)),
      nodes: nodesHosting(topology, component).map(({ id }) => id),
    })),
  };
}
