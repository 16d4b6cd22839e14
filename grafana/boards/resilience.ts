import { dashboard } from '../lib/dashboard.ts';
import { lines, number, tablePanel } from '../lib/panels.ts';
import { chosen, eventRate, ofLiving, share, sumBy } from '../lib/queries.ts';

const calls = (...labels: readonly string[]) => ofLiving(eventRate('tierlab_rpc_calls_total', chosen, ...labels));
const attempts = (...labels: readonly string[]) => ofLiving(eventRate('tierlab_rpc_attempts_total', chosen, ...labels));
const events = (event: string) => sumBy('component', eventRate('tierlab_rpc_events_total', chosen, `event="${event}"`));

/** What the middleware does: how many failures there are, and how many of them users see. */
export const resilienceBoard = () =>
  dashboard({
    uid: 'tierlab-resilience',
    title: 'Tierlab: resilience',
    description: 'Calls by outcome, the failures that retries, hedges, votes and caches hide, and what that costs',
    sections: [
      { title: 'Effective and actual success', panels: success },
      { title: 'Extra attempts and their budget', panels: extraAttempts },
      { title: 'Who is left out', panels: leftOut },
    ],
  });

const success = [
  number({
    title: 'Effective success',
    description: 'Share of the calls that got a good answer: what the calling code sees.',
    unit: 'percentunit',
    queries: { expr: share(`sum(${calls('outcome="ok"')})`, `sum(${calls('outcome!="rejected"')})`) },
    width: 4,
    height: 8,
    bad: 0.99,
    falling: true,
    decimals: 2,
  }),
  number({
    title: 'Actual success',
    description: 'Share of the single attempts that got a good answer. Without retries, callers would see this share.',
    unit: 'percentunit',
    queries: { expr: share(`sum(${attempts('code="ok"')})`, `sum(${attempts('code!="cancelled"')})`) },
    width: 4,
    height: 8,
    decimals: 2,
  }),
  lines({
    title: 'Calls by outcome',
    description: 'Calls per second. Rejected: the caller asked for something wrong, or left.',
    unit: 'reqps',
    queries: { expr: `sum by (outcome) (${calls()})`, legend: '{{outcome}}' },
    stacked: true,
    width: 8,
  }),
  lines({
    title: 'Failures that were hidden',
    description: 'Good answers per second that needed this mechanism; without it, each would be an error or late.',
    unit: 'reqps',
    queries: { expr: `sum by (masked_by) (${calls('masked_by!="none"')})`, legend: '{{masked_by}}' },
    stacked: true,
    width: 8,
    empty: 'nothing to hide',
  }),
];

const extraAttempts = [
  lines({
    title: 'Attempts per call',
    description: '1 = no extra work. Retries, hedges and votes raise it; above 1.5, they are a load of their own.',
    queries: {
      expr: share(`sum by (component) (${attempts()})`, `sum by (component) (${calls()})`),
      legend: '{{component}}',
    },
    width: 8,
    bad: 1.5,
  }),
  lines({
    title: 'Attempts by kind',
    description: 'Attempts per second, by the reason for the attempt.',
    unit: 'reqps',
    queries: { expr: `sum by (kind) (${attempts()})`, legend: '{{kind}}' },
    stacked: true,
    width: 8,
  }),
  lines({
    title: 'Budget left',
    description: 'Share of the retry budget that is left. At 0, callers stop retrying, to prevent a retry storm.',
    unit: 'percentunit',
    queries: { expr: `min by (component) (tierlab_rpc_retry_budget_ratio{${chosen}})`, legend: '{{component}}' },
    width: 8,
    bad: 0.2,
    falling: true,
  }),
  lines({
    title: 'Retries',
    description: 'Per second, by the component that is called.',
    unit: 'reqps',
    queries: { expr: events('retry'), legend: '{{component}}' },
    width: 8,
  }),
  lines({
    title: 'Hedges, by the attempt that answered',
    description: 'Per second. A hedge that never wins only costs: the delay is too short, or all replicas are slow.',
    unit: 'reqps',
    queries: { expr: sumBy('winner', eventRate('tierlab_rpc_hedges_total', chosen)), legend: '{{winner}}' },
    width: 8,
  }),
  lines({
    title: 'Cache: hits',
    description: 'Share of the looked-up calls that were answered from memory, or by the answer to an equal call.',
    unit: 'percentunit',
    queries: {
      expr: share(
        `sum by (component) (${eventRate('tierlab_rpc_cache_requests_total', chosen, 'result=~"hit|shared"')})`,
        `sum by (component) (${eventRate('tierlab_rpc_cache_requests_total', chosen, 'result!="stale"')})`,
      ),
      legend: '{{component}}',
    },
    width: 8,
    empty: 'the cache is off, or gets no calls',
  }),
];

const leftOut = [
  lines({
    title: 'Circuits',
    description: 'Replica groups by the state of their circuit. Open: callers fail at once, without asking.',
    queries: { expr: `sum by (state) (tierlab_rpc_circuit_state{${chosen}})`, legend: '{{state}}' },
    stacked: true,
    width: 8,
  }),
  tablePanel({
    title: 'Ejected replicas',
    description: 'How many callers keep the replica out of their choice now.',
    keys: ['endpoint', 'component'],
    columns: [{ title: 'callers', expr: `tierlab_rpc_ejected{${chosen}} > 0`, unit: 'short', bad: 1 }],
    sort: { column: 'callers', descending: true },
    width: 8,
    empty: 'no replica is ejected',
  }),
  lines({
    title: 'Votes against the majority',
    description: 'Answers per second that differed from those of f + 1 others, by the replica that gave them.',
    unit: 'reqps',
    queries: {
      expr: sumBy('endpoint', eventRate('tierlab_rpc_votes_total', chosen, 'result="minority"')),
      legend: '{{endpoint}}',
    },
    width: 8,
    bad: 0.001,
  }),
];
