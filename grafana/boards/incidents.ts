import { dashboard } from '../lib/dashboard.ts';
import { lines, number, states, tablePanel } from '../lib/panels.ts';
import { chosenNodes, eventRate } from '../lib/queries.ts';
import { verdictStates } from '../lib/states.ts';

const member = 'member=~"$node"';

/** What was injected, what the monitors found, and how long the repair took. */
export const incidentsBoard = () =>
  dashboard({
    uid: 'tierlab-incidents',
    title: 'Tierlab: faults and incidents',
    description: 'Injected, diagnosed and repaired on one axis; the parts of MTTR; availability beside its formula',
    sections: [
      { title: 'Injected, diagnosed, repaired', panels: onOneAxis },
      { title: 'Time to repair', panels: timeToRepair },
      { title: 'Availability since the start', panels: availability },
    ],
  });

const onOneAxis = [
  states({
    title: 'Faults in effect',
    description: 'What chaos injected: a bar for each fault and victim. Monitors never read this.',
    states: { 1: { text: 'in effect', color: 'orange' } },
    queries: { expr: 'max by (id, kind, target) (tierlab_chaos_active)', legend: '{{kind}} at {{target}}' },
    width: 24,
    height: 6,
    empty: 'no fault is in effect',
  }),
  states({
    title: 'Verdicts',
    description: 'The diagnosis of each node. Compare it with the bars above: is it late, and is it right?',
    states: verdictStates,
    queries: { expr: `member:verdict:code{${member}}`, legend: '{{member}}' },
    width: 24,
    height: 12,
    empty: 'no monitor answers',
  }),
  lines({
    title: 'Open incidents',
    description: 'Open incidents by phase: suspicion without a verdict, repair, and the time until the node is steady.',
    queries: { expr: 'max by (phase) (tierlab_incidents_open)', legend: '{{phase}}' },
    stacked: true,
    width: 8,
    empty: 'no monitor answers',
  }),
  lines({
    title: 'Suspicion',
    description: 'Phi: how unlikely the silence of a node is, in powers of ten. From 8 on the node counts as silent.',
    queries: { expr: `max by (member) (tierlab_member_phi{${member}})`, legend: '{{member}}' },
    width: 8,
    bad: 8,
    empty: 'no monitor answers',
  }),
  lines({
    title: 'Requests that a fault touched',
    description: 'Per second. Matched: in the scope of the fault. Applied: changed by it.',
    unit: 'reqps',
    queries: [
      {
        expr: `sum by (kind) (${eventRate('tierlab_fault_matched_total', chosenNodes)}) > 0`,
        legend: '{{kind}} matched',
      },
      {
        expr: `sum by (kind) (${eventRate('tierlab_fault_applied_total', chosenNodes)}) > 0`,
        legend: '{{kind}} applied',
      },
    ],
    width: 8,
    empty: 'no request was touched',
  }),
];

const timeToRepair = [
  lines({
    title: 'Parts of the last repair',
    description: 'MTTR = detection + diagnosis + fix, of the last incident of each node.',
    unit: 's',
    queries: {
      expr: `max by (member, phase) (tierlab_incident_last_phase_seconds{${member}})`,
      legend: '{{member}} {{phase}}',
    },
    stacked: true,
    width: 12,
    empty: 'no incident yet',
  }),
  tablePanel({
    title: 'Mean parts by verdict',
    description: 'Over all incidents since the monitors started.',
    keys: ['verdict', 'phase'],
    columns: [
      {
        title: 'mean',
        expr:
          'sum by (verdict, phase) (tierlab_repair_phase_seconds_sum)' +
          ' / (sum by (verdict, phase) (tierlab_repair_phase_seconds_count) > 0)',
        unit: 's',
      },
    ],
    sort: { column: 'mean', descending: true },
    width: 6,
    empty: 'no incident yet',
  }),
  tablePanel({
    title: 'Repair orders',
    description: 'Orders of the monitors in the last 15 minutes, by result. Already: done before the order came.',
    keys: ['order', 'result'],
    columns: [
      {
        title: 'orders',
        expr: 'round(sum by (order, result) (increase(tierlab_repair_orders_total[15m]))) > 0',
        unit: 'short',
      },
    ],
    sort: { column: 'orders', descending: true },
    width: 6,
    empty: 'no order yet',
  }),
];

const availability = [
  number({
    title: 'The whole, observed',
    description: 'Share of the time in which everything that users need was up.',
    unit: 'percentunit',
    queries: { expr: 'min(tierlab_availability_ratio{scope="whole", kind="observed"})' },
    width: 6,
    height: 8,
    bad: 0.99,
    falling: true,
    decimals: 3,
    empty: 'no monitor answers',
  }),
  tablePanel({
    title: 'Observed beside the formula',
    description:
      'For a node, the formula is (MTBF - MTTR) / MTBF. For a component, it assumes that its replicas fail ' +
      'independently. The whole has no formula.',
    keys: ['scope'],
    columns: [
      { title: 'observed', expr: 'min by (scope) (tierlab_availability_ratio{kind="observed"})', unit: 'percentunit' },
      { title: 'formula', expr: 'min by (scope) (tierlab_availability_ratio{kind="formula"})', unit: 'percentunit' },
    ],
    sort: { column: 'observed', descending: false },
    width: 18,
    empty: 'no monitor answers',
  }),
];
