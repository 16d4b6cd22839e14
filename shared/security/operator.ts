import { digestOf } from './same-secret.ts';

/** A process gives orders with `token` and checks orders against `digest`. Without a digest it takes no orders. */
export interface Operator {
  readonly token?: string | undefined;
  readonly digest?: string | undefined;
}

interface Host {
  readonly components: readonly string[];
}

/** Only these components give orders. */
const orderers: readonly string[] = ['monitor', 'chaos', 'console'];
export const givesOrders = (component: string): boolean => orderers.includes(component);
export const hostsOrderer = ({ components }: Host): boolean => components.some(givesOrders);

const names = { token: 'TIERLAB_OPERATOR_TOKEN', digest: 'TIERLAB_OPERATOR_DIGEST' } as const;

export function operatorOf(token: string | undefined, digest: string | undefined): Operator {
  return { token: token || undefined, digest: token ? digestOf(token) : digest || undefined };
}

/**
 * The watchdog's side: the variables in a node's environment. A variable is set to undefined so that the node does not
 * inherit it.
 */
export function operatorEnvironment(
  { token, digest }: Operator,
  node: Host,
): Readonly<Record<string, string | undefined>> {
  return { [names.token]: hostsOrderer(node) ? token : undefined, [names.digest]: digest };
}

/**
 * The node's side: takes the token and the digest out of the environment, so that child processes do not inherit them.
 */
export function takeOperator(env: Record<string, string | undefined>): Operator {
  const operator = operatorOf(env[names.token], env[names.digest]);
  delete env[names.token];
  delete env[names.digest];
  return operator;
}
