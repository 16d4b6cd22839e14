import type { Metrics } from '../shared/observe/metrics.ts';

/**
 * Notes one answer. `route` is the route's pattern, not the address, so the number of series does not grow with the
 * pages.
 */
export type ObserveRequest = (route: string, method: string, status: number, elapsedMs: number) => void;

/** Times public HTTP requests. Each series is looked up once: finding it by its labels costs more than counting. */
export function requestTimes(metrics: Metrics): ObserveRequest {
  const histogram = metrics.histogram('tierlab_http_server_duration_seconds', 'Time to answer a public HTTP request', [
    'route',
    'method',
    'status',
  ]);
  const series = new Map<string, { observe: (seconds: number) => void }>();
  return function observe(route, method, status, elapsedMs) {
    const key = `${method} ${status} ${route}`;
    let one = series.get(key);
    if (!one) {
      one = histogram.labels({ route, method, status: String(status) });
      series.set(key, one);
    }
    one.observe(elapsedMs / 1_000);
  };
}
