import type { Trace } from '../../../traces/contract.ts';
import { waterfallRows } from '../../../traces/rows.ts';
import { cliOf } from '../commands.ts';
import type { ViewOptions } from '../view-options.ts';
import { Command } from '../parts/command.tsx';
import { Waterfall } from '../parts/waterfall.tsx';
import { useAnswer } from '../use-answer.ts';
import { clockTime } from '../../../../shared/clock-time.ts';
import { latency } from '../quantities.ts';
import { TierTimes } from '../parts/tier-times.tsx';

/** The path of one request through the nodes, and where its time went. */
export function TraceView({ id, moment }: ViewOptions & { id: string }) {
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
    cli: cliOf(moment.about, `trace ${trace.requestId}`),
  };
  return (
    <>
      <section aria-labelledby="trace">
        <div class="titled">
          <h2 id="trace">{request}</h2>
          <Command of="this request" commands={commands} />
        </div>
        <p class="quiet">
          {clockTime(at)}, {latency(durationMs)}, {outcome}; {hops} calls between nodes
          {extraAttempts > 0 && `, ${extraAttempts} extra attempts`}
          {missingSpans > 0 && `; ${missingSpans} spans are missing`}. Request {trace.requestId}
        </p>
        <Waterfall rows={waterfallRows(trace)} wholeMs={durationMs} />
      </section>
      <section aria-labelledby="tiers">
        <h2 id="tiers">Time by component</h2>
        <TierTimes tiers={tiers} />
      </section>
    </>
  );
}
