import type { Metrics } from '../shared/observe/metrics.ts';

/**
 * Notes one answer. `route` is the route's pattern, not the address, so the number of series does not grow with the
 * pages.
 */
export type ObserveRequest = (route: string, method: string, status: number, elapsedMs: number) => void;

/** Answers whose series start at 0, so that the first failures of a route show in `rate()`. */
const usualStatuses = [200, 500, 503, 504] as const;

export interface RequestTimes {
  readonly observe: ObserveRequest;
  /** Starts the series of a route at 0. */
  readonly expect: (route: string) => void;
}

/** Times public HTTP requests. */
export function requestTimes(metrics: Metrics): RequestTimes {
  const histogram = metrics.histogram('tierlab_http_server_duration_seconds', 'Time to answer a public HTTP request', [
    'route',
    'method',
    'status',
  ]);
  return {
    observe: (route, method, status, elapsedMs) =>
      histogram.observe({ route, method, status: String(status) }, elapsedMs / 1_000),
    expect(route) {
      for (const status of usualStatuses) histogram.labels({ route, method: 'GET', status: String(status) });
    },
  };
}
