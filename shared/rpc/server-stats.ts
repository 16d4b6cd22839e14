import type { Metrics } from '../observe/metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { Layer } from './call.ts';
import { asRpcError } from './errors.ts';

/** Server side: counts and times every call by component, operation and outcome (`ok` or an error code). */
export function serverStats(metrics: Metrics, clock: Clock): Layer {
  const durations = metrics.histogram(
    'tierlab_rpc_server_duration_seconds',
    'Time to answer a call, as the callee sees it',
    ['component', 'operation', 'code'],
  );
  /**
   * Counted in this map, and written to the metrics at each scrape: a label look-up costs more than the rest of this
   * layer.
   */
  const inFlight = new Map<string, number>();
  metrics.gauge('tierlab_rpc_server_in_flight', 'Calls being answered now', ['component'], (gauge) => {
    for (const [component, calls] of inFlight) gauge.set({ component }, calls);
  });
  return function serverStats(next) {
    return async (call) => {
      const { component, operation } = call;
      const startedAt = clock.now();
      let code = 'ok';
      inFlight.set(component, (inFlight.get(component) ?? 0) + 1);
      try {
        return await next(call);
      } catch (error) {
        code = asRpcError(error).code;
        throw error;
      } finally {
        inFlight.set(component, inFlight.get(component)! - 1);
        durations.observe({ component, operation: operation.name, code }, (clock.now() - startedAt) / 1_000);
      }
    };
  };
}
