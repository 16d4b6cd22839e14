import type { NodePlace } from './node-place.ts';
import { digestOf } from './same-secret.ts';

/**
 * What a process knows of the operator: `token` to give orders, `digest` to tell who may. Without a digest it takes
 * none.
 */
export interface Operator {
  readonly token?: string | undefined;
  readonly digest?: string | undefined;
}

/** Monitors repair, chaos breaks, the console has buttons: no other component gives orders. */
const orderers: readonly string[] = ['monitor', 'chaos', 'console'];
export const givesOrders = (component: string): boolean => orderers.includes(component);
export const hostsOrderer = ({ components }: Pick<NodePlace, 'components'>): boolean => components.some(givesOrders);

const names = { token: 'TIERLAB_OPERATOR_TOKEN', digest: 'TIERLAB_OPERATOR_DIGEST' } as const;

export function operatorOf(token: string | undefined, digest: string | undefined): Operator {
  return { token: token || undefined, digest: token ? digestOf(token) : digest || undefined };
}

/** The watchdog's side: what a node's environment says. Undefined, not absent: it must not be inherited either. */
export function operatorEnvironment(
  { token, digest }: Operator,
  node: Pick<NodePlace, 'components'>,
): Readonly<Record<string, string | undefined>> {
  return { [names.token]: hostsOrderer(node) ? token : undefined, [names.digest]: digest };
}

/** The node's side: takes it out of its environment, so that nothing it starts inherits it. */
export function takeOperator(env: Record<string, string | undefined>): Operator {
  const operator = operatorOf(env[names.token], env[names.digest]);
  delete env[names.token];
  delete env[names.digest];
  return operator;
}
