import { useState } from 'preact/hooks';
import type { TraceList } from '../../../traces/contract.ts';
import { useRepeated } from '../use-repeated.ts';
import { clockTime } from '../../../../shared/clock-time.ts';
import { latency } from '../quantities.ts';
import { commandsOf } from '../commands.ts';
import { Command } from '../parts/command.tsx';
import { Table } from '../parts/table.tsx';
import { TierTimes } from '../parts/tier-times.tsx';
import type { ViewOptions } from '../view-options.ts';

const lists = [
  ['', 'Newest', 'No requests are kept yet. Search for something, and they appear here.'],
  ['slowest=true', 'Slowest', 'No requests are kept yet. Search for something, and they appear here.'],
  ['errors=true', 'Failed', 'No request failed lately.'],
] as const;

/** The requests that came in: the newest as they come, the slowest, and those that failed. Each leads to its path. */
export function RequestsView({ moment, state }: ViewOptions) {
  const [query, setQuery] = useState<string>('');
  const list = useRepeated<TraceList>(`/api/requests?${query}`);
  const { times } = state;
  return (
    <>
      {times && (
        <section aria-labelledby="times">
          <div class="titled">
            <h2 id="times">Where the time of {times.request} goes</h2>
            <Command of="the times" commands={commandsOf(moment.about, location.hostname).times} />
          </div>
          <p class="quiet">
            Means of {times.requests} {times.requests === 1 ? 'request' : 'requests'}, which took{' '}
            {latency(times.durationMs)}.
          </p>
          <TierTimes tiers={times.tiers} />
        </section>
      )}
      <section aria-labelledby="requests">
        <h2 id="requests">Requests</h2>
        <p class="presets">
          {lists.map(([value, name]) => (
            <button key={name} type="button" aria-pressed={query === value} onClick={() => setQuery(value)}>
              {name}
            </button>
          ))}
          <small>
            Each second, each node that users call directly keeps up to 10 failed requests, its slowest request, and a
            sample of the others.
          </small>
        </p>
        {!list || list.traces.length === 0 ? (
          <p class="quiet">{list ? lists.find(([value]) => value === query)![2] : 'Loading …'}</p>
        ) : (
          <Table
            class="requests"
            label="Requests"
            columns={['time', 'request', 'took', 'outcome', 'calls', 'extra attempts']}
          >
            {list.traces.map(({ traceId, at, request, outcome, hops, extraAttempts, durationMs }) => (
              <tr key={traceId}>
                <td>{clockTime(at)}</td>
                <td>
                  <a href={`#/trace/${traceId}`}>{request}</a>
                </td>
                <td>{latency(durationMs)}</td>
                <td class={outcome === 'ok' ? '' : 'bad'}>{outcome}</td>
                <td>{hops}</td>
                <td>{extraAttempts}</td>
              </tr>
            ))}
          </Table>
        )}
      </section>
    </>
  );
}
