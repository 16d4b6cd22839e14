import { publicPortOf } from '../../../shared/cluster/ports.ts';
import type { About, AboutNode } from '../about.ts';
import type { Commands } from './parts/command.tsx';

/** PromQL's window: four scrapes of 5 s. */
const window = '[20s]';
const quantile = (q: number, buckets: string): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${buckets}${window})))`;

/** Requests of people, as the console counts them: without the files of pages. */
const doorTimes = 'tierlab_http_server_duration_seconds';
const people = 'route!~"/assets/:file|/[*]"';

/** The work of each component for the usual request. */
const work = 'tierlab_traces_usual_work_seconds';

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

/**
 * A command that prints the answer of a node. Only the ports for people can be reached from outside of the containers,
 * so there the container of this console asks the node. It asks with Node.js, because its image has no curl.
 */
function readOf({ inContainers, own }: About, host: string, node: string, portAndPath: string): string {
  if (!inContainers) return `curl -s http://${host}:${portAndPath}`;
  const script = `console.log(await (await fetch('http://${node}:${portAndPath}')).text())`;
  return `docker compose exec ${own} node -e "${script}"`;
}

/** Commands that print the numbers of the overview. `host`: where the ports of the cluster are. */
export function commandsOf(about: About, host: string) {
  const door = about.nodes.find(({ components }) => components.some((it) => it === 'gateway' || it === 'client'));
  const metrics = door && {
    curl: `${readOf(about, host, door.id, `${door.opsPort}/metrics`)} | grep ${doorTimes}`,
  };
  const queries = doorQueries();
  const cli = (words: string): string => cliOf(about, words);
  const read = (component: string, path: string): Commands => {
    const node = nodeWith(about, component);
    return node === undefined ? {} : { curl: readOf(about, host, node.id, `${publicPortOf(node, component)}${path}`) };
  };
  return {
    requests: { ...metrics, promql: queries.rate, cli: cli('trace') },
    success: { ...metrics, promql: queries.success, cli: cli('trace --errors') },
    p50: { ...metrics, promql: queries.p50, cli: cli('trace') },
    p99: { ...metrics, promql: queries.p99, cli: cli('trace --slowest') },
    nodes: {
      ...read('monitor', '/api/view'),
      promql: 'count(min by (member) (tierlab_member_state{state="alive"}) == 1)',
      cli: cli('status'),
    },
    availability: {
      ...read('monitor', '/api/availability'),
      promql: 'min(tierlab_availability_ratio{scope="whole", kind="observed"})',
      cli: cli('availability'),
    },
    incidents: {
      ...read('monitor', '/api/incidents'),
      promql: 'max by (member, phase) (tierlab_incident_last_phase_seconds)',
      cli: cli('incidents'),
    },
    times: {
      ...read('traces', '/api/traces/times'),
      promql: `topk(1, ${work} / on () group_left () (sum(${work}) > 0))`,
      cli: cli('trace --times'),
    },
    latency: {
      curl: `curl -s ${publicAddressOf(about, 'console', host)}/api/now`,
      promql:
        'histogram_quantile(0.99, sum by (le, tier, component) ' +
        `(rate(tierlab_rpc_client_duration_seconds_bucket${window})))`,
    },
  } satisfies Readonly<Record<string, Commands>>;
}

/** Commands that print the numbers of one node. */
export function nodeCommands(about: About, { id, opsPort, hasOperations }: AboutNode, host: string) {
  const numbers = { curl: readOf(about, host, id, `${opsPort}/admin/live`), cli: cliOf(about, `status ${id}`) };
  const own = `{node="${id}"}`;
  const queries = hasOperations ? callQueries(id) : doorQueries(id);
  return {
    rate: { ...numbers, promql: queries.rate },
    success: { ...numbers, promql: queries.success },
    p50: { ...numbers, promql: queries.p50 },
    p99: { ...numbers, promql: queries.p99 },
    inFlight: { ...numbers, ...(hasOperations && { promql: `sum(tierlab_rpc_server_in_flight${own})` }) },
    loop: { ...numbers, promql: `tierlab_event_loop_utilization_ratio${own}` },
    circuits: { ...numbers, promql: `tierlab_rpc_circuit_state${own} == 1` },
    memory: { ...numbers, promql: `process_resident_memory_bytes${own}` },
    // A node in a container has no log file: its lines go to the container.
    log: { cli: about.inContainers ? `docker compose logs -f ${id}` : cliOf(about, `logs ${id} -f`) },
  } satisfies Readonly<Record<string, Commands>>;
}

/** The address of the public routes of the first node that hosts the component. */
export function publicAddressOf(about: About, component: string, host: string): string {
  const node = nodeWith(about, component);
  return `http://${host}:${node === undefined ? '' : publicPortOf(node, component)}`;
}

/** The first node that hosts the component. */
const nodeWith = ({ nodes }: About, component: string): AboutNode | undefined =>
  nodes.find(({ components }) => components.includes(component));
