import { createServer, type Server } from 'node:http';
import { isOwnHost, ownHosts } from '../../shared/control/own-host.ts';
import { createMetrics, type Metrics } from '../../shared/observe/metrics.ts';
import { loadError } from '../options/errors.ts';
import { type LoadModel, rateAt } from '../options/plan.ts';
import { parseInteger } from '../options/quantities.ts';
import { bucketMs } from '../measure/buckets.ts';
import type { TickCount } from '../measure/timeline.ts';
import type { LoadProgress } from '../worker/controller.ts';

/**
 * The port where Prometheus looks for a run (grafana/prometheus). This port is higher than all ports of a cluster with
 * the usual port base.
 */
export const usualPort = 8_700;

export interface MetricsServer {
  port: number;
  update(progress: LoadProgress): void;
  close(): Promise<void>;
}

const outcomes = ['asked', 'sent', 'done', 'right', 'wrong', 'errors', 'good'] as const satisfies TickCount[];

/** The progress of a run, for Prometheus. */
function loadMetrics(metrics: Metrics, model: LoadModel): (progress: LoadProgress) => void {
  const requests = metrics.counter('tierlab_load_requests_total', 'Requests of the load generator, by outcome', [
    'outcome',
  ]);
  for (const outcome of outcomes) requests.labels({ outcome });
  const latency = metrics
    .histogram('tierlab_load_latency_seconds', 'Latency from the intended time of the request')
    .labels();
  const target = metrics.gauge('tierlab_load_rate_target', 'Requests per second that are asked for now').labels();
  const inFlight = metrics.gauge('tierlab_load_in_flight', 'Requests sent and not answered').labels();
  target.set(rateAt(model, 0));
  return ({ atMs, recent, snapshots }) => {
    for (const outcome of outcomes) requests.inc({ outcome }, recent[outcome]);
    for (const [bucket, count] of recent.latency)
      for (let i = 0; i < count; i++) latency.observe(bucketMs(bucket) / 1_000);
    target.set(rateAt(model, atMs));
    inFlight.set(snapshots.reduce((sum, snapshot) => sum + snapshot.inFlight, 0));
  };
}

/**
 * The run's own /metrics. `portText`: the wanted port. Undefined = the usual one; where it is taken, a note says that
 * the run has no metrics. In a container it listens on all addresses, because Prometheus asks from outside.
 */
export async function metricsServer(
  portText: string | undefined,
  model: LoadModel,
  note: (text: string) => void,
): Promise<MetricsServer | undefined> {
  const metrics = createMetrics({}, { process: false });
  const update = loadMetrics(metrics, model);
  const server = createServer((request, response) => {
    if (!isOwnHost(request.headers.host, ownHosts(process.env))) return void response.writeHead(403).end();
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    void metrics
      .render()
      .then(({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text));
  });
  const wanted = portText === undefined ? usualPort : parseInteger(portText, '--metrics-port', 0, 65_535);
  const host = process.env.TIERLAB_HOSTS === 'by-name' ? '0.0.0.0' : '127.0.0.1';
  try {
    await listening(server, wanted, host);
  } catch (error) {
    if (portText === undefined) {
      note(`no metrics of this run: port ${wanted} is taken; --metrics-port 0 takes a free port`);
      return undefined;
    }
    throw loadError(
      'bad_argument',
      `--metrics-port: port ${wanted} cannot be used: ${(error as Error).message}`,
      error,
    );
  }
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : wanted;
  if (portText !== undefined) note(`metrics: http://127.0.0.1:${port}/metrics`);
  return {
    port,
    update,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}
