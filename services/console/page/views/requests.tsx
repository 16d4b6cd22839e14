import { useState } from 'preact/hooks';
import type { TraceList } from '../../../traces/contract.ts';
import { useRepeated } from '../use-repeated.ts';
import { clock, latency } from '../words.ts';
import { Table } from '../parts/table.tsx';

const lists = [
  ['', 'Newest'],
  ['slowest=true', 'Slowest'],
  ['errors=true', 'Failed'],
] as const;

/** The requests that came in: the newest as they come, the slowest, and those that failed. Each leads to its path. */
export function RequestsView() {
  const [query, setQuery] = useState<string>('');
  const list = useRepeated<TraceList>(`/api/requests?${query}`);
  return (
    <section aria-labelledby="requests">
      <h2 id="requests">Requests</h2>
      <p class="presets">
        {lists.map(([value, name]) => (
          <button key={name} type="button" aria-pressed={query === value} onClick={() => setQuery(value)}>
            {name}
          </button>
        ))}
        <small>All failed and the slowest requests of each second are kept, and a sample of the others.</small>
      </p>
      {!list || list.traces.length === 0 ? (
        <p class="quiet">No requests are kept yet. Search for something, and they appear here.</p>
      ) : (
        <Table
          class="requests"
          label="Requests"
          columns={['time', 'request', 'outcome', 'calls', 'extra attempts', 'took']}
        >
          {list.traces.map(({ traceId, at, request, outcome, hops, extraAttempts, durationMs }) => (
            <tr key={traceId}>
              <td>{clock(at)}</td>
              <td>
                <a href={`#/trace/${traceId}`}>{request}</a>
              </td>
              <td class={outcome === 'ok' ? '' : 'bad'}>{outcome}</td>
              <td>{hops}</td>
              <td>{extraAttempts}</td>
              <td>{latency(durationMs)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
