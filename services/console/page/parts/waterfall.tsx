import type { RowPhase, WaterfallRow } from '../../../traces/rows.ts';
import { latency } from '../quantities.ts';

const phases: readonly (readonly [RowPhase, string])[] = [
  ['work', 'work'],
  ['wait-for-data', 'wait for data'],
  ['wait-for-result', 'wait for result'],
  ['queue', 'queue'],
  ['way', 'on the way'],
  ['failed', 'failed'],
];

/** One row for each call, all on one time axis. */
export function Waterfall({ rows, wholeMs }: { rows: readonly WaterfallRow[]; wholeMs: number }) {
  const whole = Math.max(wholeMs, 0.001);
  return (
    <div class="waterfall">
      <p class="phase-legend">
        {phases.map(([phase, name]) => (
          <span key={phase}>
            <i class={`phase ${phase}`} aria-hidden="true" /> {name}
          </span>
        ))}
      </p>
      <ol>
        {rows.map((row, i) => (
          <li key={i}>
            <span class="row-name" style={{ paddingLeft: `${row.depth * 0.9}rem` }}>
              <a href={`#/node/${row.node}`}>{row.node}</a> {row.what}
              {row.notes.map((note) => (
                <em key={note}>{note}</em>
              ))}
            </span>
            <svg viewBox="0 0 1000 12" preserveAspectRatio="none" role="img" aria-label={wordsOf(row)}>
              {row.segments.map(({ phase, startMs, durationMs }, at) => (
                <rect
                  key={at}
                  class={`phase ${phase}`}
                  x={(startMs / whole) * 1_000}
                  width={Math.max(1.5, (durationMs / whole) * 1_000)}
                  y={phase === 'way' ? 5 : 0}
                  height={phase === 'way' ? 2 : 12}
                />
              ))}
            </svg>
            <span class="row-time">{latency(row.heldMs ?? row.durationMs)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The sums of a row for people who cannot see it. */
function wordsOf({ segments }: WaterfallRow): string {
  const sums = phases.flatMap(([phase, name]) => {
    const ms = segments.reduce((sum, segment) => sum + (segment.phase === phase ? segment.durationMs : 0), 0);
    return ms > 0 ? [`${name} ${latency(ms)}`] : [];
  });
  return sums.join(', ') || 'no time';
}
