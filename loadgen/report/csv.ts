import { bucketPercentile } from '../measure/buckets.ts';
import type { RunResult } from '../verdict/result.ts';

/**
 * The timeline as comma-separated values (RFC 4180): one line per tick, times in ms. The latencies of a line belong to
 * the requests that were due in its tick.
 */
export function timelineCsv(run: RunResult): string {
  const lines = ['at_ms,unix_ms,asked,sent,done,right,wrong,errors,good,in_flight,p50_ms,p90_ms,p99_ms,max_ms'];
  for (const [tick, row] of run.ticks) {
    const atMs = tick * run.tickMs;
    const at = (p: number) => bucketPercentile(row.latency, p)?.toFixed(3) ?? '';
    lines.push(
      [
        atMs,
        Math.round(run.startedAtMs + atMs),
        row.asked,
        row.sent,
        row.done,
        row.right,
        row.wrong,
        row.errors,
        row.good,
        row.inFlight,
        at(50),
        at(90),
        at(99),
        at(100),
      ].join(','),
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}
