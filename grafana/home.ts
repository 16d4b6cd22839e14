import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource, lines, number, states } from './panels.ts';

/** Colours and names of a member's state; `memberStateCode` computes the numbers. */
const memberStates = {
  0: { text: 'dead', color: 'red' },
  1: { text: 'quarantined', color: 'dark-red' },
  2: { text: 'suspect', color: 'orange' },
  3: { text: 'draining', color: 'purple' },
  4: { text: 'starting', color: 'blue' },
  5: { text: 'standby', color: 'text' },
  6: { text: 'alive', color: 'green' },
} as const;

/** Each member's state as a number, the worst where monitors disagree. */
const memberStateCode = `min by (member) (${Object.entries(memberStates)
  .map(([code, { text }]) => `(tierlab_member_state{state="${text}"} == 1) * 0 + ${code}`)
  .join(' or ')})`;

/** Marks a time range in all charts while the query has a result. */
function marks(name: string, color: string, expr: string, titleFormat: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .titleFormat(titleFormat)
    .step('5s');
}

/** The tiers with public ports, as users and load generators see them. */
const doors = 'tier=~"client|gateway|server"';

/** The home page: which nodes answer, and the traffic, errors, latency and saturation of each tier. */
export function homeDashboard(): Dashboard {
  return new DashboardBuilder('Tierlab')
    .uid('tierlab-home')
    .description('The four golden signals of every tier, and who is alive')
    .tags(['tierlab'])
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('5s')
    .time({ from: 'now-15m', to: 'now' })
    .readonly()
    .annotation(marks('Faults in effect', 'orange', 'tierlab_chaos_active', '{{kind}} at {{target}}'))
    .annotation(
      marks('Incidents', 'red', 'max by (topology, phase) (tierlab_incidents_open) > 0', 'incident, in its {{phase}}'),
    )
    .withPanel(
      number({
        title: 'Nodes that answer',
        description: 'Nodes whose ops port Prometheus reached at the last scrape, in percent of all',
        unit: 'percentunit',
        queries: [{ expr: 'avg(up{job="tierlab"})', legend: '' }],
        width: 6,
        bad: 0.999,
        falling: true,
        decimals: 0,
      }),
    )
    .withPanel(
      number({
        title: 'Requests at the doors',
        description: 'Requests per second that clients and gateways answered, over the last 30 s',
        unit: 'reqps',
        queries: [{ expr: `sum(tier:requests:rate30s{${doors}})`, legend: '' }],
        width: 6,
      }),
    )
    .withPanel(
      number({
        title: 'Errors at the doors',
        description:
          'Share of the requests that failed by our fault, over the last 30 s; what the caller did wrong does not count',
        unit: 'percentunit',
        queries: [{ expr: `max(tier:errors:ratio30s{${doors}})`, legend: '' }],
        width: 6,
        bad: 0.01,
      }),
    )
    .withPanel(
      number({
        title: 'Slowest 1 % at the doors',
        description: 'The 99th percentile of the response time, over the last 30 s',
        unit: 's',
        queries: [{ expr: `max(tier:latency_seconds:p99_30s{${doors}})`, legend: '' }],
        width: 6,
        bad: 0.5,
      }),
    )
    .withRow(new RowBuilder('Nodes'))
    .withPanel(
      states({
        title: 'Node states',
        description: 'As the monitors see each node; the worst where they disagree',
        states: memberStates,
        queries: [{ expr: memberStateCode, legend: '{{member}}' }],
        width: 24,
        height: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Suspicion',
        description:
          'Phi: how unlikely the silence of a node is, in powers of ten; what the monitors do about it depends on more',
        unit: 'short',
        queries: [{ expr: 'max by (member) (tierlab_member_phi)', legend: '{{member}}' }],
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Incidents',
        description: 'Open now, as the monitors count them',
        unit: 'short',
        queries: [{ expr: 'max by (topology, phase) (tierlab_incidents_open)', legend: '{{phase}}' }],
        width: 12,
      }),
    )
    .withRow(new RowBuilder('Golden signals of every tier'))
    .withPanel(
      lines({
        title: 'Traffic',
        description: 'Requests and calls answered per second',
        unit: 'reqps',
        queries: [{ expr: 'tier:requests:rate30s', legend: '{{tier}}' }],
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Errors',
        description: 'Share of them that failed by our fault',
        unit: 'percentunit',
        queries: [{ expr: 'tier:errors:ratio30s', legend: '{{tier}}' }],
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Latency, 99th percentile',
        description:
          'One in a hundred takes longer. A tier waits for the tiers that it calls: their time is in its own',
        unit: 's',
        queries: [{ expr: 'tier:latency_seconds:p99_30s', legend: '{{tier}}' }],
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Latency, median',
        description: 'Half take longer',
        unit: 's',
        queries: [{ expr: 'tier:latency_seconds:p50_30s', legend: '{{tier}}' }],
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Saturation: processor',
        description: 'Of the busiest node of the tier; a node has one JavaScript thread, so 100 % is full',
        unit: 'percentunit',
        queries: [{ expr: 'tier:cpu:max_rate30s', legend: '{{tier}}' }],
        width: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Saturation: calls in flight',
        description: 'Calls being answered now',
        unit: 'short',
        queries: [{ expr: 'sum by (topology, tier) (tierlab_rpc_server_in_flight)', legend: '{{tier}}' }],
        width: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Saturation: event loop',
        description: "How late the event loop of the tier's slowest node is, mean of the last seconds",
        unit: 's',
        queries: [{ expr: 'max by (topology, tier) (tierlab_event_loop_lag_seconds)', legend: '{{tier}}' }],
        width: 8,
      }),
    )
    .withRow(new RowBuilder('Memory'))
    .withPanel(
      lines({
        title: 'Resident memory',
        description: 'What the operating system holds for each node, shared pages counted in full',
        unit: 'bytes',
        queries: [{ expr: 'process_resident_memory_bytes{job="tierlab"}', legend: '{{node}}' }],
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Heap in use',
        description: 'JavaScript objects of each node',
        unit: 'bytes',
        queries: [{ expr: 'nodejs_heap_size_used_bytes{job="tierlab"}', legend: '{{node}}' }],
        width: 12,
      }),
    )
    .build();
}
