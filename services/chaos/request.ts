import { parseFaultRequest, targetNeeded, type FaultRequest, type Selector } from '../../shared/faults/envelope.ts';
import { kindAndParams } from '../../shared/faults/kinds.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { select, type Target } from './select.ts';

export interface ParsedRequest extends FaultRequest {
  readonly target: Selector;
  /** The nodes that the parameters name, if they choose the victims. */
  readonly named: readonly string[] | undefined;
}

/** A request for a fault of a known kind, with valid parameters and a target. Throws `bad_request`. */
export function parseRequest(value: unknown): ParsedRequest {
  const request = parseFaultRequest(value);
  const { kind, params } = kindAndParams(request.kind, request.params);
  const named = kind.nodes?.(params);
  const target = request.target ?? (named && { nodes: [...named] });
  if (target === undefined) throw new RpcError('bad_request', targetNeeded);
  return { ...request, target, named };
}

/** The nodes that get the fault. Throws `bad_request`, also for a target that the parameters do not name. */
export function victimsOf({ kind, target, named, seed = 0 }: ParsedRequest, nodes: readonly Target[]): string[] {
  const selected = select(nodes, target, seed).map(({ id }) => id);
  if (named === undefined) return selected;
  const other = selected.find((id) => !named.includes(id));
  if (other !== undefined)
    throw new RpcError(
      'bad_request',
      `target: ${kind} hits the nodes that its parameters name, and ${other} is none of them; leave the target out`,
    );
  return select(nodes, { nodes: [...named] }, seed).map(({ id }) => id);
}
