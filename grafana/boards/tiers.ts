import { dashboard } from '../lib/dashboard.ts';
import { heatmap, lines } from '../lib/panels.ts';
import {
  chosen,
  chosenComponents,
  chosenNodes,
  eventRate,
  histogramQuantile,
  mean,
  share,
  sumBy,
} from '../lib/queries.ts';

const calls = 'tierlab_rpc_server_calls_total';
const served = 'tierlab_rpc_server_duration_seconds';
const called = 'tierlab_rpc_client_duration_seconds';

/** Rate, errors and duration of each component, on both sides of each call. */
export const tiersBoard = () =>
  dashboard({
    uid: 'tierlab-tiers',
    title: 'Tierlab: tiers (RED)',
    description: 'Rate, errors and duration of each component: as the callee sees its calls, and as its callers do',
    sections: [
      { title: 'Rate', panels: rate },
      { title: 'Errors', panels: errors },
      { title: 'Duration', panels: duration },
    ],
  });

const rate = [
  lines({
    title: 'Calls answered',
    description: 'Inbound: calls per second that the nodes of a component answered.',
    unit: 'reqps',
    queries: { expr: sumBy('component', eventRate(calls, chosen)), legend: '{{component}}' },
    width: 12,
  }),
  lines({
    title: 'Attempts sent',
    description: 'Outbound: attempts per second at a component, as its callers count them. Retries add to them.',
    unit: 'reqps',
    queries: {
      expr: sumBy('component', eventRate('tierlab_rpc_attempts_total', chosenComponents)),
      legend: 'to {{component}}',
    },
    width: 12,
  }),
];

const errors = [
  lines({
    title: 'Failed or refused, inbound',
    description: 'Share of the answered calls. Failed: the node could not answer. Refused: it was too busy.',
    unit: 'percentunit',
    queries: {
      expr: share(
        sumBy('component', eventRate(calls, chosen, 'outcome=~"failed|refused"')),
        sumBy('component', eventRate(calls, chosen)),
      ),
      legend: '{{component}}',
    },
    width: 8,
    bad: 0.01,
  }),
  lines({
    title: 'Failed attempts, outbound',
    description: 'Share of the attempts without a good answer, as callers see it: lost connections show only here.',
    unit: 'percentunit',
    queries: {
      expr: share(
        sumBy('component', eventRate('tierlab_rpc_attempts_total', chosenComponents, 'code!="ok"')),
        sumBy('component', eventRate('tierlab_rpc_attempts_total', chosenComponents)),
      ),
      legend: 'to {{component}}',
    },
    width: 8,
    bad: 0.01,
  }),
  lines({
    title: 'Errors by code',
    description: 'Calls per second that ended with an error, by its code (shared/rpc/errors.ts).',
    unit: 'reqps',
    queries: {
      expr: `${sumBy('code', eventRate('tierlab_rpc_server_errors_total', chosenNodes))} > 0`,
      legend: '{{code}}',
    },
    width: 8,
    empty: 'no errors',
  }),
];

const duration = [
  lines({
    title: 'Median and 99th percentile, callee',
    description: 'Time to answer a call, from its arrival at the handler.',
    unit: 's',
    queries: [
      { expr: histogramQuantile(0.5, 'component', served, chosen), legend: '{{component}} p50' },
      { expr: histogramQuantile(0.99, 'component', served, chosen), legend: '{{component}} p99' },
    ],
    width: 8,
    bad: 0.5,
  }),
  lines({
    title: 'Median and 99th percentile, caller',
    description: 'Time of an attempt as the caller measures it: with the network, and the wait for the process.',
    unit: 's',
    queries: [
      { expr: histogramQuantile(0.5, 'component', called, chosenComponents), legend: 'to {{component}} p50' },
      { expr: histogramQuantile(0.99, 'component', called, chosenComponents), legend: 'to {{component}} p99' },
    ],
    width: 8,
    bad: 0.5,
  }),
  lines({
    title: 'Network and queue',
    description: 'Mean time of an attempt at the caller, minus the mean time at the callee: the network and the queue.',
    unit: 's',
    queries: {
      expr: `clamp_min((${mean('component', called, chosenComponents)}) - (${mean('component', served, chosenComponents)}), 0)`,
      legend: '{{component}}',
    },
    width: 8,
  }),
  heatmap({
    title: 'How long calls take',
    description: 'Calls by duration. A second peak has a second cause, such as one slow replica.',
    unit: 's',
    expr: sumBy('le', eventRate(`${served}_bucket`, chosen)),
    width: 24,
    height: 9,
  }),
];
