import { expect, test } from 'vitest';
import { pageInItsPlace } from '../../../services/app/page.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { context } from '../gateway/harness.ts';

const stored = { id: 'b', title: 'b', body: '', keywords: [], url: '/page/b', links: [], version: 1 };
const version = '1';
const beside = { before: [{ id: 'a', title: 'a' }], after: [] };

/** A database tier whose answers wait until all calls have been made. */
function tier(fails: { readonly neighbours?: unknown; readonly popularity?: unknown } = {}) {
  const asked: string[] = [];
  const all = Promise.withResolvers<void>();
  const answer = async <T>(name: 'pages' | 'neighbours' | 'popularity', body: T): Promise<T> => {
    if (asked.push(name) === 3) all.resolve();
    await all.promise;
    if (name !== 'pages' && fails[name] !== undefined) throw fails[name];
    return body;
  };
  return {
    pages: () => answer('pages', { version, pages: [stored] }),
    neighbours: () => answer('neighbours', { version, ...beside }),
    popularity: () => answer('popularity', { version, popularity: 0.5 }),
  };
}

test('no call of a page view waits for another one', async () => {
  const view = await pageInItsPlace(tier(), 1, 'b', context());
  expect(view).toMatchObject({ page: { id: 'b' }, neighbours: beside, popularity: 0.5 });
});

test('a page is shown without what failed, but a defect is no failure of a call', async () => {
  const failed = new RpcError('unavailable', 'nobody is there');
  const view = await pageInItsPlace(tier({ neighbours: failed, popularity: failed }), 1, 'b', context());
  expect(Object.keys(view)).toEqual(['page']);
  await expect(pageInItsPlace(tier({ neighbours: new TypeError('oops') }), 1, 'b', context())).rejects.toThrow('oops');
});
