import { expect, test } from 'vitest';
import { simulateLinkerd } from '../linkerd.ts';
import { transcript } from '../transcript.ts';

test('with one of 11 backends slow by 2 s, peak EWMA keeps 99.9% of calls under 1 s, as Linkerd measured', async () => {
  const log = transcript(
    'balance-linkerd',
    '11 backends, one takes 2 s from second 15 to 45; 1,000 calls/s for a minute (Linkerd, 2016)',
  );
  log.row('', 'under 1 s', 'published', 'p50 ms', 'p99 ms', 'p99.9 ms');
  const published = { round_robin: '95.46%', least_outstanding: '99.49%', peak_ewma: '99.92%' };
  const share: Record<string, number> = {};
  for (const [by, figure] of Object.entries(published)) {
    const measured = await simulateLinkerd(by, 1);
    share[by] = measured.shareWithin(1_000) * 100;
    log.row(
      by,
      `${share[by].toFixed(2)}%`,
      figure,
      measured.quantile(0.5),
      measured.quantile(0.99),
      measured.quantile(0.999),
    );
  }
  log.save();
  expect(share.round_robin).toBeCloseTo(95.46, 1);
  expect(share.least_outstanding).toBeGreaterThanOrEqual(99.4);
  expect(share.peak_ewma).toBeGreaterThanOrEqual(99.9);
});
