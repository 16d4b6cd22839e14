import { expect, test } from 'vitest';
import { createSelfMeter } from '../../../shared/membership/self-report.ts';
import type { Call, Reply } from '../../../shared/rpc/call.ts';

const idle = { lagMs: () => 0, ownLagMs: () => 0 };
const reply = { body: {}, servedBy: [] } as unknown as Reply;

function meter(tookMs: () => number) {
  let now = 0;
  const { layer, report } = createSelfMeter({ now: () => now, wall: () => 0 }, idle);
  const service = layer(async () => {
    now += tookMs();
    return reply;
  });
  const call = (more: Partial<Call> = {}) =>
    service({ priority: 'read', signal: new AbortController().signal, ...more } as Call);
  return { call, report };
}

test('calls are counted from the first one, and timed once the process is warm', async () => {
  let tookMs = 200;
  const { call, report } = meter(() => tookMs);
  for (let i = 0; i < 50; i++) await call();
  expect(report()).toMatchObject({ received: 50, answered: 50, timed: 0, busyMs: 0 });
  tookMs = 4;
  for (let i = 0; i < 10; i++) await call();
  expect(report()).toMatchObject({ received: 60, answered: 60, timed: 10, busyMs: 40 });
});

test('a call whose caller has gone was held for so long, but not answered; signs of life are not counted', async () => {
  const { call, report } = meter(() => 4);
  for (let i = 0; i < 50; i++) await call();
  await call({ signal: AbortSignal.abort() });
  await call({ priority: 'health' });
  expect(report()).toMatchObject({ received: 51, answered: 50, timed: 1, busyMs: 4 });
});
