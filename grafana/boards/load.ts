import { dashboard } from '../lib/dashboard.ts';
import { lines, number } from '../lib/panels.ts';
import { doors, eventRate, share } from '../lib/queries.ts';

const noRun = 'no load runs';
const requests = (outcome: string) => `sum(${eventRate('tierlab_load_requests_total', `outcome="${outcome}"`)})`;
const happened = `sum(${eventRate('tierlab_load_latency_seconds_count')}) > 0`;
const latency = (q: number) =>
  `histogram_quantile(${q}, sum by (le) (${eventRate('tierlab_load_latency_seconds_bucket')})) and on () (${happened})`;

/** The load generator's view beside the system's own. */
export const loadBoard = () =>
  dashboard({
    uid: 'tierlab-load',
    title: 'Tierlab: load',
    description: 'What `tierlab load` asks, sends and gets, beside what the system says about itself',
    sections: [
      { title: 'Now', panels: now },
      { title: 'Load beside latency and failures', panels: overTime },
    ],
  });

const now = [
  number({
    title: 'Target rate',
    description: 'Requests per second that the plan asks for now. 0: users wait for their answers (closed model).',
    unit: 'reqps',
    queries: { expr: 'sum(tierlab_load_rate_target)' },
    width: 6,
    empty: noRun,
  }),
  number({
    title: 'Right answers',
    description: 'Per second: answers whose content was checked.',
    unit: 'reqps',
    queries: { expr: requests('right') },
    width: 6,
    decimals: 1,
    empty: noRun,
  }),
  number({
    title: 'Errors and wrong answers',
    description: 'Share of the requests that were asked.',
    unit: 'percentunit',
    queries: { expr: share(`${requests('errors')} + ${requests('wrong')}`, requests('asked')) },
    width: 6,
    bad: 0.01,
    decimals: 2,
    empty: noRun,
  }),
  number({
    title: 'In flight',
    description: 'Requests sent and not answered.',
    queries: { expr: 'sum(tierlab_load_in_flight)' },
    width: 6,
    empty: noRun,
  }),
];

const overTime = [
  lines({
    title: 'Asked, sent, right',
    description:
      'Asked: due by the schedule. Sent: really sent. If the two differ, the generator or the system is full.',
    unit: 'reqps',
    queries: [
      { expr: 'sum(tierlab_load_rate_target)', legend: 'target' },
      { expr: requests('asked'), legend: 'asked' },
      { expr: requests('sent'), legend: 'sent' },
      { expr: requests('right'), legend: 'right' },
      { expr: requests('good'), legend: 'right and in time' },
    ],
    width: 12,
    empty: noRun,
  }),
  lines({
    title: 'Latency from the intended time, and the 99th percentile at the doors',
    description:
      'From the instant at which the request was due: a stall counts for all requests that it held up. ' +
      'The doors time only what reached them, so they look better during a stall.',
    unit: 's',
    queries: [
      { expr: latency(0.5), legend: 'intended p50' },
      { expr: latency(0.99), legend: 'intended p99' },
      { expr: `max(tier:latency_seconds:p99_30s{${doors}})`, legend: 'doors p99' },
    ],
    width: 12,
    bad: 0.5,
    empty: noRun,
  }),
  lines({
    title: 'Errors and wrong answers',
    description: 'Per second. Wrong: an answer came, but its content is not right.',
    unit: 'reqps',
    queries: [
      { expr: requests('errors'), legend: 'errors' },
      { expr: requests('wrong'), legend: 'wrong' },
    ],
    width: 12,
    bad: 0.1,
    empty: noRun,
  }),
  lines({
    title: 'In flight',
    description: "Requests sent and not answered yet. By Little's law, their number is rate x latency.",
    queries: { expr: 'sum(tierlab_load_in_flight)', legend: 'in flight' },
    width: 12,
    empty: noRun,
  }),
];
