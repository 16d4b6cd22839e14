import type { Trace } from '../../services/traces/contract.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { digits } from '../runner/units.ts';

/**
 * The trace of a request, from the public port of the component `traces`. The spans of a request stay with the nodes
 * for some seconds, and they are complete a moment after the answer. Undefined when they cannot be read completely.
 */
export async function traceOf(port: number, requestId: string, signal: AbortSignal): Promise<Trace | undefined> {
  for (let attempt = 0; attempt < 5; attempt++) {
    await sleep(systemScheduler, 20 + 100 * attempt, signal);
    const response = await fetch(`http://127.0.0.1:${port}/api/traces/${encodeURIComponent(requestId)}`, { signal });
    if (!response.ok) continue;
    const trace = (await response.json()) as Trace;
    if (trace.missingSpans === 0) return trace;
  }
  return undefined;
}

/** One line for each node that held the request. */
export const traceLines = ({ spans }: Trace): string[] =>
  spans
    .filter(({ kind }) => kind === 'request' || kind === 'serve')
    .map(
      ({ depth, node, component, operation, startMs, durationMs }) =>
        `  ${' '.repeat(depth)}${node} ${component}.${operation}: ` +
        `${digits(durationMs)} ms from ${digits(startMs)} ms on`,
    );
