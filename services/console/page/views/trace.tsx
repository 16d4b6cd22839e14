import type { Trace } from '../../../traces/contract.ts';
import { waterfallRows } from '../../../traces/rows.ts';
import { Command } from '../parts/command.tsx';
import { Waterfall } from '../parts/waterfall.tsx';
import { useAnswer } from '../use-answer.ts';
import { clock, latency } from '../words.ts';

/** The path of one request through the nodes, and where its time went. */
export function TraceView({ id }: { id: string }) {
  const { value: trace, problem } = useAnswer<Trace>(`/api/requests/${encodeURIComponent(id)}`);
  if (!trace)
    return (
      <section>
        <h2>One request</h2>
        <p class="quiet" role="status">
          {problem ?? 'Collecting its spans …'}{' '}
          {problem !== undefined && <a href="#/requests">Show the kept requests</a>}
        </p>
      </section>
    );
  const { request, at, durationMs, outcome, hops, extraAttempts, missingSpans, tiers } = trace;
  const commands = {
    curl: `curl -s ${location.origin}/api/requests/${trace.traceId}`,
    cli: `npm run -s tierlab -- trace ${trace.requestId}`,
  };
  return (
    <>
      <section aria-labelledby="trace">
        <h2 id="trace">
          {request} <Command of="this request" commands={commands} />
        </h2>
        <p class="quiet">
          {clock(at)}, {latency(durationMs)}, {outcome}; {hops} calls between nodes
          {extraAttempts > 0 && `, ${extraAttempts} extra attempts`}
          {missingSpans > 0 && `; ${missingSpans} spans are missing`}. Request {trace.requestId}
        </p>
        <Waterfall rows={waterfallRows(trace)} wholeMs={durationMs} />
      </section>
      <section aria-labelledby="tiers">
        <h2 id="tiers">Time by component</h2>
        <p class="quiet">A server is a client of the next server: while it waits, its own caller waits too.</p>
        <div class="table" tabindex={0} role="region" aria-label="Time by component">
          <table>
            <thead>
              <tr>
                <th scope="col">component</th>
                <th scope="col">requests</th>
                <th scope="col">held for</th>
                <th scope="col">work</th>
                <th scope="col">wait for data</th>
                <th scope="col">wait for result</th>
              </tr>
            </thead>
            <tbody>
              {tiers.map((tier) => (
                <tr key={tier.component}>
                  <th scope="row">{tier.component}</th>
                  <td>{tier.requests}</td>
                  <td>{latency(tier.heldMs)}</td>
                  <td>{latency(tier.workMs)}</td>
                  <td>{latency(tier.waitForDataMs)}</td>
                  <td>{latency(tier.waitForResultMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}
