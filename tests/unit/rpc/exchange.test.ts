import type { Dispatcher, Pool } from 'undici';
import { expect, test } from 'vitest';
import { exchange } from '../../../shared/rpc/transports/exchange.ts';

/** An exchange over a connection that the test plays. */
function begin() {
  let handler!: Dispatcher.DispatchHandler;
  let aborted = false;
  const controller = { abort: () => void (aborted = true) } as unknown as Dispatcher.DispatchController;
  const pool = {
    dispatch: (_: unknown, given: Dispatcher.DispatchHandler) => void (handler = given),
  } as unknown as Pool;
  const gone = new AbortController();
  let cuts = 0;
  const outcome = exchange(pool, '/rpc/any/read', {}, '{}', gone.signal, { onCut: () => void cuts++ });
  handler.onRequestStart?.(controller, {});
  return {
    outcome,
    head: () => handler.onResponseStart?.(controller, 200, {}, 'OK'),
    body: (text: string) => handler.onResponseData?.(controller, Buffer.from(text)),
    end: () => handler.onResponseEnd?.(controller, {}),
    giveUp: () => gone.abort(new Error('too late')),
    seen: () => ({ cuts, aborted }),
  };
}

test('a reply that is given up after its head came is told as cut; one that never began is not', async () => {
  const [trickling, silent] = [begin(), begin()];
  trickling.head();
  trickling.body('{');
  for (const { giveUp, outcome } of [trickling, silent]) {
    giveUp();
    await expect(outcome).rejects.toThrow('too late');
  }
  expect([trickling.seen(), silent.seen()]).toEqual([
    { cuts: 1, aborted: true },
    { cuts: 0, aborted: true },
  ]);
});

test('a reply that is whole is not cut by whatever happens afterwards', async () => {
  const whole = begin();
  whole.head();
  whole.body('{"a":');
  whole.body('1}');
  whole.end();
  expect(await whole.outcome).toMatchObject({ status: 200, body: '{"a":1}' });
  whole.giveUp();
  expect(whole.seen()).toEqual({ cuts: 0, aborted: false });
});
