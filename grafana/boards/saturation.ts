import { dashboard } from '../lib/dashboard.ts';
import { lines } from '../lib/panels.ts';
import { chosen, chosenNodes, eventRate, histogramQuantile, sumBy } from '../lib/queries.ts';

/** Utilisation beside saturation of each resource of a node (Gregg's USE method). */
export const saturationBoard = () =>
  dashboard({
    uid: 'tierlab-saturation',
    title: 'Tierlab: saturation (USE)',
    description: 'Each resource of the nodes: how much of it is used, and how much waits for it',
    sections: [
      { title: 'Main loop: the one thread of a node', panels: mainLoop },
      { title: 'Queue of calls', panels: queue },
      { title: 'Memory', panels: memory },
    ],
  });

const mainLoop = [
  lines({
    title: 'Utilisation',
    description: 'Share of the time in which the main loop worked. At 100% calls must wait.',
    unit: 'percentunit',
    queries: { expr: `tierlab_event_loop_utilization_ratio{${chosenNodes}}`, legend: '{{node}}' },
    width: 8,
    bad: 0.95,
  }),
  lines({
    title: 'Saturation: how late timers run',
    description: 'How late timers fire, 99th percentile. Everything else in this process waits just as long.',
    unit: 's',
    queries: {
      expr: histogramQuantile(0.99, 'node', 'tierlab_event_loop_delay_seconds', chosenNodes),
      legend: '{{node}}',
    },
    width: 8,
    bad: 0.1,
    empty: 'no data',
  }),
  lines({
    title: 'Processor',
    description: 'Cores that the process uses, with garbage collection and the compiler.',
    unit: 'percentunit',
    queries: { expr: `node:cpu:rate30s{${chosenNodes}}`, legend: '{{node}}' },
    width: 8,
    bad: 0.95,
  }),
];

const queue = [
  lines({
    title: 'Utilisation: calls in flight',
    description: 'Calls that are being answered now. A call that waits for another node counts, too.',
    queries: { expr: sumBy('component', `tierlab_rpc_server_in_flight{${chosen}}`), legend: '{{component}}' },
    width: 8,
  }),
  lines({
    title: 'Saturation: calls that wait',
    description: "Mean number of calls that wait for their turn in the process (Little's law: rate x wait).",
    queries: { expr: sumBy('component', `tierlab_rpc_queue_depth{${chosen}}`), legend: '{{component}}' },
    width: 8,
  }),
  lines({
    title: 'Wait for a turn, against the limit',
    description: 'The 99th percentile of the wait. Calls that wait longer than the limit are refused.',
    unit: 's',
    queries: [
      {
        expr: histogramQuantile(0.99, 'component', 'tierlab_rpc_queue_wait_seconds', chosen),
        legend: '{{component}}',
      },
      { expr: `min(tierlab_rpc_admission_limit{${chosen}})`, legend: 'limit' },
    ],
    width: 8,
  }),
  lines({
    title: 'Errors: calls refused',
    description: 'Calls per second that nodes refused because calls waited too long.',
    unit: 'reqps',
    queries: {
      expr: sumBy('component', eventRate('tierlab_rpc_server_calls_total', chosen, 'outcome="refused"')),
      legend: '{{component}}',
    },
    width: 8,
    bad: 0.1,
  }),
  lines({
    title: 'Connections',
    description: 'Open connections of all nodes: from callers and people, from operators, to other nodes.',
    queries: { expr: sumBy('kind', `tierlab_connections_open{${chosenNodes}}`), legend: '{{kind}}' },
    width: 8,
  }),
  lines({
    title: 'Disk: time of a sync',
    description: 'Mean time to bring a file to disk. Nodes sync only when they rebuild an index.',
    unit: 's',
    queries: {
      expr:
        `sum by (node, store) (tierlab_fsync_seconds_sum{${chosenNodes}})` +
        ` / (sum by (node, store) (tierlab_fsync_seconds_count{${chosenNodes}}) > 0)`,
      legend: '{{node}} {{store}}',
    },
    width: 8,
    empty: 'nothing was synced',
  }),
];

const memory = [
  lines({
    title: 'Resident memory',
    description: 'What the operating system holds for each node; shared pages count in full.',
    unit: 'bytes',
    queries: { expr: `process_resident_memory_bytes{job="tierlab", ${chosenNodes}}`, legend: '{{node}}' },
    width: 8,
  }),
  lines({
    title: 'Heap in use',
    description: 'JavaScript objects of each node.',
    unit: 'bytes',
    queries: { expr: `nodejs_heap_size_used_bytes{job="tierlab", ${chosenNodes}}`, legend: '{{node}}' },
    width: 8,
  }),
  lines({
    title: 'Saturation: garbage collection',
    description: 'Share of the time that the process spends on garbage collection.',
    unit: 'percentunit',
    queries: {
      expr: `sum by (node) (${eventRate('nodejs_gc_duration_seconds_sum', `job="tierlab", ${chosenNodes}`)})`,
      legend: '{{node}}',
    },
    width: 8,
    bad: 0.2,
    empty: 'no data',
  }),
];
