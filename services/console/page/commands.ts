import type { About, AboutNode } from '../about.ts';
import type { Commands } from './parts/command.tsx';

/** PromQL's window: four scrapes of 5 s. */
const window = '[20s]';
const quantile = (q: number, buckets: string): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${buckets}${window})))`;

/** Requests of people, as the console counts them: without the files of pages. */
const doorTimes = 'tierlab_http_server_duration_seconds';
const people = 'route!~"/assets/:file|/[*]"';

/** PromQL about the requests of people; `node` limits it to one node. */
function doorQueries(node?: string) {
  const own = node === undefined ? people : `node="${node}", ${people}`;
  const count = (labels: string): string => `sum(rate(${doorTimes}_count{${labels}}${window}))`;
  return {
    rate: count(own),
    success: `${count(`${own}, status!~"5.."`)} / ${count(own)}`,
    p50: quantile(0.5, `${doorTimes}_bucket{${own}}`),
    p99: quantile(0.99, `${doorTimes}_bucket{${own}}`),
  };
}

/** PromQL about the calls that a node answers. A wrong request is no failure of the node. */
function callQueries(node: string) {
  const own = `node="${node}"`;
  const times = 'tierlab_rpc_server_duration_seconds';
  const ended = (labels: string): string => `sum(rate(tierlab_rpc_server_calls_total{${labels}}${window}))`;
  return {
    rate: ended(own),
    success: `${ended(`${own}, outcome!~"failed|refused"`)} / ${ended(own)}`,
    p50: quantile(0.5, `${times}_bucket{${own}}`),
    p99: quantile(0.99, `${times}_bucket{${own}}`),
  };
}

/** A command for the terminal that finds this cluster. */
export const cliOf = ({ inContainers, own, flags }: About, words: string): string =>
  inContainers ? `docker compose exec ${own} node dist/tierlab.js ${words}` : `npm run -s tierlab -- ${words}${flags}`;

/** Reads `address`. Where only the ports for people can be reached, reads the console's own snapshots instead. */
const curlOf = (about: About, host: string, address: string): string =>
  `curl -s ${about.inContainers ? `${addressOf(about, 'console', host)}/api/history` : address}`;

/** Commands that print the numbers of the overview. `host`: where the ports of the cluster are. */
export function commandsOf(about: About, host: string) {
  const door = about.nodes.find(({ components }) => components.some((it) => it === 'gateway' || it === 'client'));
  const metrics = door && {
    curl:
      curlOf(about, host, `http://${host}:${door.opsPort}/metrics`) +
      (about.inContainers ? '' : ` | grep ${doorTimes}`),
  };
  const queries = doorQueries();
  const cli = (words: string): string => cliOf(about, words);
  const monitor = `${addressOf(about, 'monitor', host)}/api`;
  const report = (path: string) => (about.inContainers ? {} : { curl: `curl -s ${monitor}/${path}` });
  return {
    requests: { ...metrics, promql: queries.rate, cli: cli('trace') },
    success: { ...metrics, promql: queries.success, cli: cli('trace --errors') },
    p50: { ...metrics, promql: queries.p50, cli: cli('trace') },
    p99: { ...metrics, promql: queries.p99, cli: cli('trace --slowest') },
    nodes: {
      curl: curlOf(about, host, `${monitor}/view`),
      promql: 'count(min by (member) (tierlab_member_state{state="alive"}) == 1)',
      cli: cli('status'),
    },
    availability: {
      ...report('availability'),
      promql: 'min(tierlab_availability_ratio{scope="whole", kind="observed"})',
      cli: cli('availability'),
    },
    incidents: {
      ...report('incidents'),
      promql: 'max by (member, phase) (tierlab_incident_last_phase_seconds)',
      cli: cli('incidents'),
    },
    times: { curl: `curl -s ${addressOf(about, 'traces', host)}/api/traces/times`, cli: cli('trace') },
    latency: {
      curl: `curl -s ${addressOf(about, 'console', host)}/api/history`,
      promql:
        'histogram_quantile(0.99, sum by (le, tier, component) ' +
        `(rate(tierlab_rpc_client_duration_seconds_bucket${window})))`,
    },
  } satisfies Readonly<Record<string, Commands>>;
}

/** Commands that print the numbers of one node. */
export function nodeCommands(about: About, { id, opsPort, hasOperations }: AboutNode, host: string) {
  const curl = curlOf(about, host, `http://${host}:${opsPort}/admin/live`);
  const own = `{node="${id}"}`;
  const queries = hasOperations ? callQueries(id) : doorQueries(id);
  return {
    rate: { curl, promql: queries.rate },
    success: { curl, promql: queries.success },
    p50: { curl, promql: queries.p50 },
    p99: { curl, promql: queries.p99 },
    inFlight: { curl, ...(hasOperations && { promql: `sum(tierlab_rpc_server_in_flight${own})` }) },
    loop: { curl, promql: `tierlab_event_loop_utilization_ratio${own}` },
    circuits: { curl, promql: `tierlab_rpc_circuit_state${own} == 1` },
    memory: { curl, promql: `process_resident_memory_bytes${own}` },
    log: { cli: cliOf(about, `logs ${id} -f`) },
  } satisfies Readonly<Record<string, Commands>>;
}

/** The address of the public routes of the first node that hosts the component. */
export function addressOf({ nodes }: About, component: string, host: string): string {
  const node = nodes.find(({ components }) => components.includes(component));
  return `http://${host}:${node?.publicPort ?? ''}`;
}
