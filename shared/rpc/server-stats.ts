import type { Metrics } from '../observe/metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { Layer } from './call.ts';
import { asRpcError } from './errors.ts';

/** Server side, outermost: counts and times every call by component, operation and outcome (`ok` or an error code). */
export function serverStats(metrics: Metrics, clock: Clock): Layer {
  const durations = metrics.histogram(
    'tierlab_rpc_server_duration_seconds',
    'Time to answer a call, as the callee sees it',
    ['component', 'operation', 'code'],
  );
  const inFlight = metrics.gauge('tierlab_rpc_server_in_flight', 'Calls being answered now', ['component']);
  return (next) =>
    async function serverStats(call) {
      const startedAt = clock.now();
      let code = 'ok';
      inFlight.inc({ component: call.component });
      try {
        return await next(call);
      } catch (error) {
        code = asRpcError(error).code;
        throw error;
      } finally {
        inFlight.dec({ component: call.component });
        durations.observe(
          { component: call.component, operation: call.operation.name, code },
          (clock.now() - startedAt) / 1_000,
        );
      }
    };
}
