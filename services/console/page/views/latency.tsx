import type { CallsNow } from '../../live/snapshot.ts';
import type { ViewOptions } from '../view-options.ts';
import { goodShare } from '../headline.ts';
import { commandsOf } from '../commands.ts';
import { Command } from '../parts/command.tsx';
import { latency, percent, rate } from '../quantities.ts';
import { Table } from '../parts/table.tsx';

/** Who calls whom, and how long it takes as the caller sees it: one row for each caller, one column for each callee. */
export function LatencyView({ moment }: ViewOptions) {
  const { now, about } = moment;
  const order = [...about.tiers.flat(), ...about.control];
  const rows = order.filter((group) => now.relations.some(({ from }) => from === group));
  const callees = [...new Set(order.flatMap((group) => about.nodes.find((node) => node.group === group)!.components))];
  const columns = callees.filter((component) => now.relations.some(({ to }) => to === component));
  const slowest = Math.max(0, ...now.relations.map(({ p99 = 0 }) => p99));
  return (
    <section aria-labelledby="matrix">
      <div class="titled">
        <h2 id="matrix">Latency, caller by callee</h2>
        <Command of="the latency matrix" commands={commandsOf(about, location.hostname).latency} />
      </div>
      <p class="quiet">
        Each field shows the calls of the last 5 seconds as the caller sees them: the latency of the slowest 1%, the
        median latency, and the number of calls per second. A stronger colour means a higher latency.
      </p>
      {rows.length === 0 ? (
        <p class="quiet">No calls between components right now.</p>
      ) : (
        <Table class="matrix" label="Latency matrix" columns={['caller', ...columns]}>
          {rows.map((from) => (
            <tr key={from}>
              <th scope="row">{from}</th>
              {columns.map((to) => (
                <CallsField
                  key={to}
                  calls={now.relations.find((it) => it.from === from && it.to === to)}
                  slowest={slowest}
                />
              ))}
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function CallsField({ calls, slowest }: { calls: CallsNow | undefined; slowest: number }) {
  if (!calls) return <td class="none">–</td>;
  const heat = slowest === 0 ? 0 : Math.ceil(((calls.p99 ?? 0) / slowest) * 4);
  return (
    <td class={`heat-${heat}`}>
      <strong>{latency(calls.p99)}</strong>
      <small>
        {latency(calls.p50)} · {rate(calls.rate)}
      </small>
      {calls.ok !== undefined && calls.ok < goodShare && <small class="bad">{percent(calls.ok)} succeed</small>}
    </td>
  );
}
