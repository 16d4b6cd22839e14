import { chaosIsOff } from '../../shared/faults/chaos-off.ts';
import type { Fault } from '../../shared/faults/envelope.ts';
import { replicaGroup } from '../../shared/cluster/topology.ts';
import { faultKinds } from '../../shared/faults/kinds.ts';
import { tolerated } from '../../shared/tolerated.ts';
import type { Target } from './select.ts';

/** The state of the controller when a fault is requested. */
export interface ChaosSituation {
  /** The cluster was started with chaos enabled. */
  readonly enabled: boolean;
  /** Why all faults are being stopped; undefined if they are not. */
  readonly aborting?: string | undefined;
  readonly nodes: readonly Target[];
  readonly active: readonly { readonly id: string; readonly kind: string; readonly casualties: readonly string[] }[];
}

export interface Intention {
  readonly id: string;
  readonly kind: string;
  /** The nodes that can no longer serve their group because of this fault. */
  readonly casualties: readonly string[];
  readonly beyondTolerance: boolean;
}

/** Pure: all objections to an injection, as sentences. Empty = allowed. */
export function objections({ id, kind, casualties, beyondTolerance }: Intention, situation: ChaosSituation): string[] {
  const { enabled, aborting, nodes, active } = situation;
  if (!enabled) return [chaosIsOff];
  const found: string[] = [];
  if (aborting !== undefined) found.push(`everything is being stopped: ${aborting}`);
  if (active.some((other) => other.id === id)) found.push(`the id ${id} is in use`);
  if (beyondTolerance || kind === 'none') return found;
  const others = active.filter((other) => other.kind !== 'none');
  if (others.length > 0)
    found.push(
      `${others[0]!.id} (${others[0]!.kind}) is still in effect: one fault at a time (beyondTolerance allows more); ` +
        `"npm run -s tierlab -- chaos heal ${others[0]!.id}" ends it, "npm run -s tierlab -- chaos halt" ends all`,
    );
  for (const group of new Set(nodes.map(replicaGroup))) {
    const members = nodes.filter((node) => replicaGroup(node) === group);
    const lost = members.filter((node) => casualties.includes(node.id));
    if (lost.length > tolerated(members.length))
      found.push(
        `the fault would hit ${lost.length} of ${members.length} nodes of group ${group}, ` +
          `but the group tolerates the loss of ${tolerated(members.length)} (beyondTolerance allows more)`,
      );
  }
  return found;
}

/** The refusals that can be predicted here. Each target makes the final decision (shared/faults/host.ts). */
export function impossible(kind: string, victims: readonly string[], nodes: readonly Target[]): string[] {
  if (!faultKinds.get(kind)?.disk) return [];
  const diskless = nodes.filter(({ id, components }) => victims.includes(id) && !components.includes('database'));
  return diskless.map(({ id }) => `${kind} is not possible at ${id}: this node keeps nothing on a disk`);
}

/**
 * In a partition only the nodes outside of the largest part are lost. In a ring no node reaches all others, so all are
 * lost.
 */
export function casualtiesOf(
  fault: Pick<Fault, 'kind' | 'params' | 'probability'>,
  victims: readonly string[],
): readonly string[] {
  if (fault.kind === 'none' || fault.probability === 0) return [];
  if (fault.kind !== 'net.partition') return victims;
  const { groups, ring = [] } = fault.params as { groups?: string[][]; ring?: string[] };
  if (!groups) return ring;
  const largest = groups.reduce((most, group) => (group.length > most.length ? group : most));
  return groups.filter((group) => group !== largest).flat();
}
