import Type from 'typebox';
import { compose, type Endpoint, type Reply, type Service } from '../../shared/rpc/call.ts';
import { clientLayers } from '../../shared/rpc/client-layers.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';
import type { Observe } from '../../shared/rpc/layers/events.ts';
import { createStatistics } from '../../shared/rpc/layers/replicas/latency-statistics.ts';
import { createPolicyHolder, type PolicyFile } from '../../shared/rpc/policy.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Random } from '../../shared/time/random.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';

/** What each replica answers, modelled or in a process of its own. */
export const backend = contract('backend', {
  read: operation({ summary: 'a read', request: Type.Object({}), response: Type.Object({}) }),
});

/** The name of the operation in a policy. */
export const readOperation = 'backend.read';

/** Longer than any call of the labs takes. */
const usualDeadlineMs = 10_000;

interface BackendClient {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly endpoints: readonly Endpoint[];
  readonly policy: PolicyFile;
  readonly transport: Service;
  readonly deadlineMs?: number | undefined;
  readonly observe?: Observe | undefined;
  readonly signal?: AbortSignal;
}

/** The client layers of the system in front of `endpoints`. Returns the function that makes one call. */
export function createBackendClient({
  clock,
  random,
  scheduler,
  endpoints,
  policy,
  transport,
  deadlineMs = usualDeadlineMs,
  observe,
  signal = new AbortController().signal,
}: BackendClient): () => Promise<Reply> {
  const layers = clientLayers(createPolicyHolder(policy), {
    clock,
    random,
    scheduler,
    endpoints: () => endpoints,
    statistics: createStatistics(),
    ...(observe && { observe }),
  });
  const service: Service = compose(layers, transport);
  const { component, operations } = backend;
  let calls = 0;
  return () =>
    service({
      component,
      operation: operations.read,
      request: {},
      requestId: String(++calls),
      trace: { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', sampled: false },
      deadlineAt: clock.now() + deadlineMs,
      signal,
      attempt: 1,
      priority: operations.read.priority,
    });
}
