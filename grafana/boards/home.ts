import { dashboard } from '../lib/dashboard.ts';
import { graph, lines, number, states, tablePanel } from '../lib/panels.ts';
import { chosenNodes, doors, labelled, ofLiving } from '../lib/queries.ts';
import { nodeStates } from '../lib/states.ts';

/** Which nodes answer, what is wrong now, and traffic, errors and latency of each tier. */
export const homeBoard = () =>
  dashboard({
    uid: 'tierlab-home',
    title: 'Tierlab',
    description: 'What is wrong now, where, since when; and the four golden signals of every tier',
    sections: [
      { title: 'Now', panels: now },
      { title: 'Tiers and nodes, the worst first', panels: worstFirst },
      { title: 'Since when', panels: history },
    ],
  });

const count = (condition: string): string => `count(node:state:code${condition}) or count(node:state:code) * 0`;

const now = [
  number({
    title: 'Nodes down',
    description: 'Nodes that Prometheus does not reach, or that a monitor calls dead. The table below names them.',
    queries: { expr: count(' == 0') },
    width: 4,
    bad: 1,
    empty: 'no data',
  }),
  number({
    title: 'Suspect, draining, starting',
    description: 'Nodes that get no calls, or fewer calls, for now: quarantined, suspect, draining or starting.',
    queries: { expr: count(' > 0 < 5') },
    width: 4,
    empty: 'no data',
  }),
  number({
    title: 'Nodes alive',
    description: 'Nodes that answer and take calls. Standbys are not counted.',
    queries: { expr: count(' == 6') },
    width: 4,
    empty: 'no data',
  }),
  number({
    title: 'Requests at the doors',
    description: 'Requests per second that clients and gateways answered, over the last 30 s.',
    unit: 'reqps',
    queries: { expr: `sum(tier:requests:rate30s{${doors}} > 0)` },
    width: 4,
    decimals: 1,
  }),
  number({
    title: 'Failed at the doors',
    description: 'Share of the requests that failed, over the last 30 s. Mistakes of callers do not count as failures.',
    unit: 'percentunit',
    queries: { expr: `max(tier:errors:ratio30s{${doors}})` },
    width: 4,
    bad: 0.01,
    decimals: 2,
  }),
  number({
    title: 'Slowest 1% at the doors',
    description: 'The 99th percentile of the response time, over the last 30 s.',
    unit: 's',
    queries: { expr: `max(tier:latency_seconds:p99_30s{${doors}})` },
    width: 4,
    bad: 0.5,
  }),
  tablePanel({
    title: 'Alerts',
    description: 'Alerts that fire now. docs/runbook.md has a section for each: what it means and what to do.',
    keys: ['alertname', 'severity', 'tier', 'node', 'member', 'slo'],
    columns: [{ title: 'firing', expr: 'ALERTS{alertstate="firing"}', unit: 'short' }],
    sort: { column: 'severity', descending: false },
    width: 20,
    height: 6,
    empty: 'no alert fires',
  }),
  number({
    title: 'Age of the data',
    description:
      'Time since Prometheus last asked the nodes. Above 15 s, all other panels show the past. ' +
      'An error here means that Prometheus itself does not answer.',
    unit: 's',
    queries: { expr: 'time() - max(timestamp(up{job="tierlab"}))' },
    width: 4,
    height: 6,
    bad: 15,
    decimals: 0,
    empty: 'no data',
  }),
];

const attempts = ofLiving('rate(tierlab_rpc_attempts_total[$__rate_interval])');
const calls = labelled(labelled(attempts, 'source', 'node'), 'target', 'endpoint');

const worstFirst = [
  tablePanel({
    title: 'Tiers',
    description:
      'Each tier over the last 30 s, the one with the most failures first. The time of a tier includes the times of ' +
      'the tiers that it calls. Without traffic, failures and times stay empty. Dead nodes are left out.',
    keys: ['tier'],
    columns: [
      { title: 'requests', expr: 'tier:requests:rate30s', unit: 'reqps' },
      { title: 'failed', expr: 'tier:errors:ratio30s', unit: 'percentunit', bad: 0.01 },
      { title: 'p50', expr: 'tier:latency_seconds:p50_30s', unit: 's' },
      { title: 'p99', expr: 'tier:latency_seconds:p99_30s', unit: 's', bad: 0.5 },
      { title: 'busiest node', expr: 'tier:cpu:max_rate30s', unit: 'percentunit', bad: 0.95 },
    ],
    sort: { column: 'failed', descending: true },
    width: 24,
    height: 9,
  }),
  tablePanel({
    title: 'Nodes',
    description:
      'Each node, the worst first. If Prometheus and the monitors disagree on a state, the table shows the worse one.',
    keys: ['node', 'tier'],
    columns: [
      { title: 'state', expr: `node:state:code{${chosenNodes}}`, unit: 'short', states: nodeStates },
      { title: 'requests', expr: `node:requests:rate30s{${chosenNodes}}`, unit: 'reqps' },
      { title: 'failed', expr: `node:errors:ratio30s{${chosenNodes}}`, unit: 'percentunit', bad: 0.01 },
      { title: 'p99', expr: `node:latency_seconds:p99_30s{${chosenNodes}}`, unit: 's', bad: 0.5 },
      { title: 'processor', expr: `node:cpu:rate30s{${chosenNodes}}`, unit: 'percentunit', bad: 0.95 },
      { title: 'memory', expr: `process_resident_memory_bytes{job="tierlab", ${chosenNodes}}`, unit: 'bytes' },
    ],
    sort: { column: 'state', descending: false },
    width: 24,
    height: 14,
    empty: 'no node is known',
  }),
  graph({
    title: 'Who calls whom',
    description: 'Nodes of the topology with their state, and the attempts per second from caller to callee.',
    nodes: `sum by (id, title) (${labelled(labelled('node:state:code', 'id', 'node'), 'title', 'node')})`,
    edges: `sum by (id, source, target) (label_join(${calls}, "id", " to ", "node", "endpoint")) > 0`,
    states: nodeStates,
    width: 24,
  }),
];

const history = [
  states({
    title: 'Node states',
    description: 'The state of each node over time. If Prometheus and the monitors disagree, the worse state is shown.',
    states: nodeStates,
    queries: { expr: `node:state:code{${chosenNodes}}`, legend: '{{node}}' },
    width: 24,
    height: 14,
    empty: 'no node is known',
  }),
  lines({
    title: 'Traffic',
    description: 'Requests and calls that each tier answered, per second.',
    unit: 'reqps',
    queries: { expr: 'tier:requests:rate30s', legend: '{{tier}}' },
    width: 8,
  }),
  lines({
    title: 'Failures',
    description: 'Share of the requests and calls that failed. Mistakes of callers do not count.',
    unit: 'percentunit',
    queries: { expr: 'tier:errors:ratio30s', legend: '{{tier}}' },
    width: 8,
    bad: 0.01,
  }),
  lines({
    title: 'Latency, 99th percentile',
    description: 'One request in a hundred takes longer.',
    unit: 's',
    queries: { expr: 'tier:latency_seconds:p99_30s', legend: '{{tier}}' },
    width: 8,
    bad: 0.5,
  }),
];
