import { createClient } from '../../shared/rpc/client.ts';
import type { Endpoint } from '../../shared/rpc/call.ts';
import type { Context } from '../../shared/rpc/context.ts';
import { type Observe, observeNothing } from '../../shared/rpc/layers/events.ts';
import { createPolicyHolder } from '../../shared/rpc/policy.ts';
import { newTrace } from '../../shared/rpc/trace-context.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { systemRandom } from '../../shared/time/random.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { createTimerWheel } from '../../shared/time/wheel.ts';

/** All our layers in this process, under `policy`, over HTTP to `endpoints`. This caller is no node of a cluster. */
export function benchClient(endpoints: readonly Endpoint[], policy: unknown, observe: Observe = observeNothing) {
  return createClient({
    node: 'bench-1',
    isHosted: () => false,
    serve: () => Promise.reject(new Error('nothing is hosted here')),
    directory: { endpoints: () => [...endpoints], node: () => undefined },
    policy: createPolicyHolder(policy),
    clock: systemClock,
    random: systemRandom,
    scheduler: createTimerWheel({ clock: systemClock, scheduler: systemScheduler }),
    observe,
  });
}

/** The context of a call that belongs to no user request, with a deadline after the given time. */
export function benchContext(timeoutMs: number): Context {
  return {
    requestId: 'bench',
    trace: newTrace(systemRandom),
    deadlineAt: systemClock.now() + timeoutMs,
    signal: new AbortController().signal,
    priority: 'read',
    servedBy: [],
  };
}
