import { expect, test } from 'vitest';
import { pageInItsPlace } from '../../../services/app/page.ts';
import type { Context } from '../../../shared/rpc/context.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { context } from '../gateway/harness.ts';

const stored = { id: 'b', title: 'b', body: '', keywords: [], url: '/page/b', links: [], version: 1 };
const version = '1';
const beside = { before: [{ id: 'a', title: 'a' }], after: [] };

type Operation = 'pages' | 'neighbours' | 'popularity';

/** A database tier whose answers wait until all calls have been made. `hangs`: this call ends with its signal alone. */
function tiers(fails: Partial<Record<Operation, unknown>> = {}, hangs?: Operation) {
  const { scheduler, run, clock } = createSimulation(1);
  const asked: string[] = [];
  const stopped: string[] = [];
  const all = Promise.withResolvers<void>();
  const answer = async <T>(name: Operation, body: T, { signal }: Context): Promise<T> => {
    if (asked.push(name) === 3) all.resolve();
    await all.promise;
    if (fails[name] !== undefined) throw fails[name];
    if (name !== hangs) return body;
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        stopped.push(name);
        reject(new RpcError('cancelled', 'nobody waits'));
      });
    });
  };
  const database = {
    pages: (_: unknown, it: Context) => answer('pages', { version, pages: [stored] }, it),
    neighbours: (_: unknown, it: Context) => answer('neighbours', { version, ...beside }, it),
    popularity: (_: unknown, it: Context) => answer('popularity', { version, popularity: 0.5 }, it),
  };
  return { database, shards: 1, scheduler, run, clock, stopped };
}

test('no call of a page view waits for another one', async () => {
  const view = await pageInItsPlace(tiers(), 'b', context());
  expect(view).toMatchObject({ page: { id: 'b' }, neighbours: beside, popularity: 0.5 });
});

test('a page is shown without what failed, but a defect is no failure of a call', async () => {
  const failed = new RpcError('unavailable', 'nobody is there');
  const view = await pageInItsPlace(tiers({ neighbours: failed, popularity: failed }), 'b', context());
  expect(Object.keys(view)).toEqual(['page']);
  await expect(pageInItsPlace(tiers({ neighbours: new TypeError('oops') }), 'b', context())).rejects.toThrow('oops');
});

test('a page waits 100 ms more for its surroundings, and then stops the calls', async () => {
  const it = tiers({}, 'neighbours');
  const view = pageInItsPlace(it, 'b', context());
  await it.run();
  expect(await view).toMatchObject({ page: { id: 'b' }, popularity: 0.5 });
  expect(Object.keys(await view)).not.toContain('neighbours');
  expect([it.clock.now(), it.stopped]).toEqual([100, ['neighbours']]);
});

test('when the page is not there, or the user has gone, the calls for its surroundings are stopped', async () => {
  const missing = tiers({ pages: new RpcError('not_found', 'no page') }, 'popularity');
  await expect(pageInItsPlace(missing, 'b', context())).rejects.toMatchObject({ code: 'not_found' });
  expect(missing.stopped).toEqual(['popularity']);
  const user = new AbortController();
  const left = tiers({}, 'neighbours');
  const view = pageInItsPlace(left, 'b', context({ signal: user.signal }));
  await new Promise((resolve) => setImmediate(resolve));
  user.abort(new RpcError('cancelled', 'the user has gone'));
  expect(left.stopped).toEqual(['neighbours']);
  await view;
});
