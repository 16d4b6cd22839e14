import type { Server } from 'node:http';
import type { Metrics } from '../observe/metrics.ts';
import type { PolicyHolder } from '../rpc/policy.ts';
import { createControlServer, PlainAnswer, type ControlRoute, readRoute, orderRoute } from '../control/server.ts';

export interface OpsSources {
  readonly metrics: Metrics;
  /** Whether the node is ready to serve. When it is not, /ready answers 503. */
  readonly ready: () => boolean;
  /** What /admin/state shows. */
  readonly state: () => unknown;
  readonly policy: PolicyHolder;
  /** The few numbers that the console asks for every second: /admin/live. */
  readonly live: () => Promise<unknown>;
  /** The settings that the middleware chose by itself, and why: /admin/tuning. */
  readonly tuning: () => unknown;
  /** Undefined: this node takes no orders. */
  readonly operatorDigest: string | undefined;
  readonly hosts: readonly string[] | undefined;
  /** Further routes: faults and evidence. */
  readonly more: readonly ControlRoute[];
}

/**
 * The control plane of a node, apart from its data port, so that network and service faults never reach it.
 *
 * Open to read: /health, /ready, /metrics, /admin/state, /admin/live, /admin/policy, /admin/tuning. With the operator
 * token: POST /admin/policy, which answers with the new policy. The new policy holds from the next call on. Mechanisms
 * that the request does not name stay as they are. /admin/faults and /admin/halt are in
 * shared/faults/control-routes.ts.
 */
export function createOpsPort({
  metrics,
  ready,
  state,
  live,
  policy,
  tuning,
  operatorDigest,
  hosts,
  more,
}: OpsSources): Server {
  const status = (body: object, ok: boolean) =>
    new PlainAnswer('application/json', `${JSON.stringify(body)}\n`, ok ? 200 : 503);
  return createControlServer(
    [
      readRoute('/health', () => status({ healthy: true }, true)),
      readRoute('/ready', () => status({ ready: ready() }, ready())),
      readRoute('/admin/state', state),
      readRoute('/admin/live', async () => new PlainAnswer('application/json', JSON.stringify(await live()))),
      readRoute('/admin/tuning', tuning),
      readRoute('/admin/policy', () => policy.current),
      orderRoute('/admin/policy', (_parameters, body) => {
        policy.set(body);
        return policy.current;
      }),
      ...more,
      readRoute('/metrics', async () => {
        const { contentType, text } = await metrics.render();
        return new PlainAnswer(contentType, text);
      }),
    ],
    operatorDigest,
    hosts,
  );
}
