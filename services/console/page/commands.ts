import type { About } from '../about.ts';
import type { Commands } from './parts/command.tsx';

/** PromQL's window: four scrapes of 5 s. */
const window = '[20s]';
const door = 'tierlab_http_server_duration_seconds';
const cli = (words: string): string => `npm run -s tierlab -- ${words}`;

/** Commands that print the numbers of the overview, with the addresses of the nodes. */
export function commandsOf(about: About): Readonly<Record<string, Commands>> {
  const people = about.nodes.find(({ components }) => components.some((it) => it === 'gateway' || it === 'client'));
  const metrics = people && `curl -s http://${location.hostname}:${people.opsPort}/metrics | grep ${door}`;
  const from = metrics === undefined ? {} : { curl: metrics };
  const quantile = (q: number) => `histogram_quantile(${q}, sum by (le) (rate(${door}_bucket${window})))`;
  return {
    requests: { ...from, promql: `sum(rate(${door}_count${window}))`, cli: cli('status') },
    success: {
      ...from,
      promql: `sum(rate(${door}_count{status!~"5.."}${window})) / sum(rate(${door}_count${window}))`,
    },
    p50: { ...from, promql: quantile(0.5) },
    p99: { ...from, promql: quantile(0.99) },
    nodes: {
      curl: `curl -s ${addressOf(about, 'monitor')}/api/view`,
      promql: 'count(max by (member) (tierlab_member_state{state="alive"}) == 1)',
      cli: cli('status'),
    },
    availability: { curl: `curl -s ${addressOf(about, 'monitor')}/api/availability`, cli: cli('availability') },
    incidents: { curl: `curl -s ${addressOf(about, 'monitor')}/api/incidents`, cli: cli('incidents') },
  };
}

/** The commands about one node. */
export function nodeCommands({ id, opsPort }: { id: string; opsPort: number }): Readonly<Record<string, Commands>> {
  const curl = `curl -s http://${location.hostname}:${opsPort}`;
  const series = 'tierlab_rpc_server_duration_seconds';
  const answered = 'tierlab_rpc_server_calls_total';
  const of = `{node="${id}"}`;
  return {
    rate: { curl: `${curl}/admin/live`, promql: `sum(rate(${series}_count${of}${window}))`, cli: cli('status') },
    success: {
      curl: `${curl}/admin/live`,
      promql: `sum(rate(${answered}{node="${id}",outcome="ok"}${window})) / sum(rate(${answered}${of}${window}))`,
    },
    latency: {
      curl: `${curl}/admin/live`,
      promql: `histogram_quantile(0.99, sum by (le) (rate(${series}_bucket${of}${window})))`,
    },
    inFlight: { curl: `${curl}/admin/live`, promql: `sum(tierlab_rpc_server_in_flight${of})` },
    loop: { curl: `${curl}/admin/state`, promql: `tierlab_event_loop_utilization_ratio${of}` },
  };
}

/** The address of the public routes of the first node that hosts the component. */
export function addressOf({ nodes }: About, component: string): string {
  const node = nodes.find(({ components }) => components.includes(component));
  return `http://${location.hostname}:${node?.publicPort ?? ''}`;
}
