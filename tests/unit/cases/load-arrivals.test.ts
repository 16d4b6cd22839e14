import { expect, test } from 'vitest';
import { recorder } from '../../../loadgen/measure/recorder.ts';
import { mergeMoments, moments, variation } from '../../../loadgen/measure/variation.ts';
import type { Arrivals } from '../../../loadgen/options/plan.ts';
import { arrivalProcess, arrivalShare } from '../../../loadgen/schedule/arrivals.ts';
import { constantStages, stagesProfile } from '../../../loadgen/schedule/profile.ts';
import { exchangeAt } from '../loadgen/sample-run.ts';
import { seededRandom } from '../../../shared/time/random.ts';

test.each<{ workers: number; arrivals: Arrivals; right: number }>([
  { workers: 1, arrivals: { kind: 'poisson' }, right: 1 },
  { workers: 2, arrivals: { kind: 'poisson' }, right: 1 },
  { workers: 4, arrivals: { kind: 'poisson' }, right: 1 },
  { workers: 8, arrivals: { kind: 'poisson' }, right: 1 },
  { workers: 8, arrivals: { kind: 'constant' }, right: 0 },
  { workers: 4, arrivals: { kind: 'burst', size: 20 }, right: Math.sqrt(19) },
])(
  'L5 reports a variation of $right for $arrivals.kind arrivals over $workers workers',
  ({ workers, arrivals, right }) => {
    const all: { intended: ReturnType<typeof moments>; sent: ReturnType<typeof moments> }[] = [];
    for (let index = 0; index < workers; index++) {
      const process = arrivalProcess(arrivals, stagesProfile(constantStages(1000, 20_000)), seededRandom('L5'));
      const share = arrivalShare(process, index, workers);
      const record = recorder({ startMs: 0, tickMs: 1000, sloMs: 1000 });
      for (let at = share.next(); at < 20_000; at = share.next()) {
        const exchange = exchangeAt(at, at + 0.1, share.gapMs());
        record.asked(exchange);
        record.sent(exchange);
      }
      const { gapsIntended, gapsSent } = record.totals();
      all.push({ intended: gapsIntended, sent: gapsSent });
    }
    for (const which of ['intended', 'sent'] as const) {
      const merged = all.map((worker) => worker[which]).reduce(mergeMoments, moments());
      expect(variation(merged)).toBeGreaterThan(right - 0.03);
      expect(variation(merged)).toBeLessThan(right + 0.03);
    }
  },
);
