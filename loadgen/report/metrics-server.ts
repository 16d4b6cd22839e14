import { createServer } from 'node:http';
import { Gauge, Registry } from 'prom-client';
import { parseCount } from '../options/quantities.ts';
import { loadError } from '../options/errors.ts';
import { bucketPercentile } from '../measure/buckets.ts';
import type { Progress } from '../worker/controller.ts';

export interface MetricsServer {
  port: number;
  update(progress: Progress): void;
  close(): Promise<void>;
}

/**
 * The run's own /metrics on loopback, for Grafana. tierlab_load_requests{outcome} are totals,
 * tierlab_load_latency_ms{quantile} covers the last half second, and tierlab_load_in_flight is the present number.
 */
export async function metricsServer(portText: string, note: (text: string) => void): Promise<MetricsServer> {
  const registry = new Registry();
  const requests = new Gauge({
    name: 'tierlab_load_requests',
    help: 'Requests so far by outcome',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const latency = new Gauge({
    name: 'tierlab_load_latency_ms',
    help: 'Latency from the intended time, last half second',
    labelNames: ['quantile'],
    registers: [registry],
  });
  const inFlight = new Gauge({
    name: 'tierlab_load_in_flight',
    help: 'Requests sent and not answered',
    registers: [registry],
  });
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    void registry.metrics().then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text));
  });
  const wanted = parseCount(portText, '--metrics-port', 0, 65_535);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(loadError('bad_argument', `--metrics-port: port ${wanted} cannot be used: ${error.message}`, error)),
    );
    server.listen(wanted, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : wanted;
  note(`metrics: http://127.0.0.1:${port}/metrics`);
  return {
    port,
    update(progress) {
      for (const outcome of ['asked', 'sent', 'done', 'right', 'wrong', 'errors', 'good'] as const) {
        requests.set(
          { outcome },
          progress.snapshots.reduce((sum, { totals }) => sum + totals.counts[outcome], 0),
        );
      }
      for (const quantile of [50, 90, 99])
        latency.set({ quantile: String(quantile / 100) }, bucketPercentile(progress.recent.latency, quantile) ?? 0);
      inFlight.set(progress.snapshots.reduce((sum, snapshot) => sum + snapshot.inFlight, 0));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
