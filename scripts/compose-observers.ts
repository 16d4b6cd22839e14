/** The services beside the nodes: Prometheus, Grafana and Jaeger. */

/**
 * A port of a service, published on this machine only. An environment variable, such as GRAFANA_PORT, can set another
 * port.
 */
export const published = (service: string, port: number): string =>
  `127.0.0.1:\${${service.toUpperCase().replaceAll('-', '_')}_PORT:-${port}}:${port}`;

/**
 * With umask 077, only the owner can read the files of a checkout, and these images run as other users. So they run as
 * root, without any right except to read such files.
 */
const readsCheckout = () => ({ user: 'root', cap_drop: ['ALL'], cap_add: ['DAC_OVERRIDE'] });

/**
 * Prometheus scrapes every node's ops port; Grafana shows it. A compose file that is not in the root has the targets of
 * its topology beside it.
 */
export const observers = (root: string) => ({
  prometheus: {
    image: 'prom/prometheus:v3.13.4',
    ...readsCheckout(),
    mem_reservation: '128m',
    mem_limit: '512m',
    command: [
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      '--storage.tsdb.retention.time=2d',
    ],
    read_only: true,
    security_opt: ['no-new-privileges:true'],
    volumes: [
      `${root}/grafana/prometheus:/etc/prometheus:ro`,
      ...(root === '.' ? [] : ['./targets.json:/etc/prometheus/targets/compose.json:ro']),
      'prometheus:/prometheus',
    ],
    ports: [published('prometheus', 9090)],
    restart: 'unless-stopped',
  },
  grafana: {
    image: 'grafana/grafana:12.4.11',
    ...readsCheckout(),
    mem_reservation: '350m',
    mem_limit: '512m',
    security_opt: ['no-new-privileges:true'],
    environment: {
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: '/etc/grafana/dashboards/home.json',
    },
    volumes: [
      `${root}/grafana/provisioning:/etc/grafana/provisioning:ro`,
      `${root}/grafana/dashboards:/etc/grafana/dashboards:ro`,
      'grafana:/var/lib/grafana',
    ],
    ports: [published('grafana', 3000)],
    depends_on: ['prometheus'],
    restart: 'unless-stopped',
  },
  // Starts only with: TIERLAB_OTLP_URL=http://jaeger:4318 docker compose --profile jaeger up
  jaeger: {
    image: 'jaegertracing/jaeger:2.11.0',
    mem_limit: '512m',
    profiles: ['jaeger'],
    read_only: true,
    security_opt: ['no-new-privileges:true'],
    tmpfs: ['/tmp'],
    ports: [published('jaeger', 16_686)],
    restart: 'unless-stopped',
  },
});
