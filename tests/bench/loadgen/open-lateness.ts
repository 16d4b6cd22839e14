import { median } from '../../../shared/quantile.ts';
import { ofRatios, significant, type Row } from '../row.ts';
import { startTarget } from './target.ts';
import { ours } from './tools.ts';

const pairs = 5;
const rate = 2000;
const goalMs = 0.2;
/** 4,000 requests per round are enough for a median. */
const seconds = 2;
/** The lateness of timers hardly changes, so they need less time. */
const timersMs = 1_000;

/** Row 14: how late an open loop sends at 2,000/s, against a loop driven by Node's timers in the same run. */
export async function openLateness(say: (line: string) => void): Promise<Row[]> {
  using target = await startTarget();
  const late: number[] = [];
  const added: number[] = [];
  const timers: number[] = [];
  const ratios: number[] = [];
  for (let i = 0; i < pairs; i++) {
    const { json } = await ours(target.url, ['-R', `${rate}/s`, '-d', `${seconds}s`, '--check', 'status']);
    const timer = await timerLateness(timersMs);
    late.push(json.latencyMs.lateness.p50);
    added.push(json.latencyMs.intended.p50 - json.latencyMs.sent.p50);
    timers.push(timer);
    ratios.push(json.latencyMs.lateness.p50 / timer);
    say(
      `lateness p50 ${significant(late.at(-1) ?? 0)} ms, added to p50 ${significant(added.at(-1) ?? 0)} ms; ` +
        `timers ${significant(timer)} ms`,
    );
  }
  return [
    {
      row: 14,
      name: 'load generator, open loop at 2,000/s, lateness p50',
      ours: `${significant(median(late))} ms, added to the p50 latency ${significant(median(added))} ms`,
      reference: `driven by Node's timers ${significant(median(timers))} ms`,
      ...ofRatios(ratios),
      goal: `both <= ${goalMs} ms`,
      met: median(late) <= goalMs && median(added) <= goalMs,
      note: 'wrk2 is in no Debian package and is not compared',
    },
  ];
}

/** Median lateness, ms, of the usual loop: each timer sends what is due, then sets the next timer. */
function timerLateness(durationMs: number): Promise<number> {
  const lateness: number[] = [];
  const startMs = performance.now();
  return new Promise((resolve) => {
    function tick(): void {
      const nowMs = performance.now();
      let dueMs = startMs + (lateness.length * 1000) / rate;
      while (dueMs <= nowMs) {
        lateness.push(nowMs - dueMs);
        dueMs = startMs + (lateness.length * 1000) / rate;
      }
      if (nowMs - startMs >= durationMs) resolve(median(lateness));
      else setTimeout(tick, dueMs - nowMs);
    }
    tick();
  });
}
