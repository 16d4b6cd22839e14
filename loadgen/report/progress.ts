import type { FaultWindow } from '../journal/windows.ts';
import { activeFaults } from '../journal/windows.ts';
import { bucketPercentile } from '../measure/buckets.ts';
import type { LoadProgress } from '../worker/controller.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { fitLine } from './fit-line.ts';
import { formatDuration, formatMs, formatRate } from './format.ts';

/** One line about the state of the run: rates and latencies over the last half second. */
export function progressLine(
  progress: LoadProgress,
  durationMs: number,
  faults: readonly FaultWindow[],
  style: TerminalStyle,
): string {
  const { atMs, recent, recentMs, snapshots } = progress;
  const rate = (n: number) => formatRate((n / Math.max(1, recentMs)) * 1000).padStart(8);
  const sum = (of: (snapshot: (typeof snapshots)[number]) => number) =>
    snapshots.reduce((total, snapshot) => total + of(snapshot), 0);
  const errors = sum((snapshot) => snapshot.totals.counts.errors);
  const wrong = sum((snapshot) => snapshot.totals.counts.wrong);
  const active = activeFaults(faults, atMs).map((fault) => `${fault.kind} ${fault.target}`.trim());
  const parts = [
    `${formatDuration(Math.min(atMs, durationMs)).padStart(6)}/${formatDuration(durationMs)}`,
    `asked${rate(recent.asked)} sent${rate(recent.sent)} done${rate(recent.done)}`,
    `p50 ${formatMs(bucketPercentile(recent.latency, 50)).padStart(7)} p99 ` +
      formatMs(bucketPercentile(recent.latency, 99)).padStart(7),
    `in flight ${sum((snapshot) => snapshot.inFlight)}`,
  ];
  const bad = `errors ${errors}${wrong > 0 ? ` wrong ${wrong}` : ''}`;
  parts.push(errors + wrong > 0 ? style.red(bad) : style.dim(bad));
  if (active.length > 0) parts.push(style.yellow(`! ${active.join(', ')}`));
  return parts.join(style.dim(' | '));
}

export interface ProgressView {
  show(line: string): void;
  end(): void;
}

/** Rewrites one line on a terminal. Elsewhere it prints a plain line every two seconds. */
export function progressView(stream: NodeJS.WriteStream): ProgressView {
  if (!stream.isTTY) {
    let count = 0;
    return {
      show(line) {
        if (++count % 4 === 0) stream.write(`${line}\n`);
      },
      end() {},
    };
  }
  let shown = false;
  return {
    show(line) {
      shown = true;
      stream.write(`\r\u001b[2K${fitLine(line, stream.columns)}`);
    },
    end() {
      if (shown) stream.write('\r\u001b[2K');
    },
  };
}
