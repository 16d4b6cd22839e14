import type { Contract } from './contract.ts';
import { groupKey } from './group-key.ts';

/** A component that a node calls, and the nodes that can answer. */
export interface Callee {
  readonly contract: Contract;
  readonly endpoints: readonly string[];
  /** The keys of its replica groups (`groupKey`). */
  readonly groups: readonly string[];
}

/** `hosts`: the nodes that host the component, each with its shard where it has one. */
export function calleeOf(
  contract: Contract,
  hosts: readonly { readonly id: string; readonly shard?: number | undefined }[],
): Callee {
  const { component } = contract;
  return {
    contract,
    endpoints: hosts.map(({ id }) => id),
    groups: [...new Set(hosts.map(({ shard }) => groupKey({ component, shard })))],
  };
}
