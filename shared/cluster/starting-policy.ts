import type { Logger } from 'pino';
import { resolvePolicy, type Policy } from '../rpc/policy.ts';

/**
 * The policy that a process begins with: the policy of the process before it, otherwise the policy of the topology. A
 * later version of the program may lack a mechanism of the earlier version. The node must start all the same, so it
 * then has the policy of the topology, and its log says so.
 */
export function startingPolicy(earlier: unknown, ofTopology: unknown, log: Pick<Logger, 'warn'>): Policy {
  try {
    if (earlier !== undefined) return resolvePolicy(earlier);
  } catch (err) {
    log.warn(
      { err },
      'the policy of the process before this one is not valid here: the policy of the topology is used',
    );
  }
  return resolvePolicy(ofTopology);
}
