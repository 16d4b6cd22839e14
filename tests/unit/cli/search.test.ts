import { expect, test } from 'vitest';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';

/** A gateway that answers every search alike. */
async function gatewayThatFinds(total: number, query: string, more: object = {}): Promise<void> {
  const answer = { query, total, page: 1, size: 10, tookMs: 1, servedBy: ['app-1'], results: [], ...more };
  await fakeCluster({ 'gateway-1': { '/api/search': answer } });
}

test('a search that finds nothing says what one can do next', async () => {
  await gatewayThatFinds(0, 'zzzxq');
  const { said, exitCode } = await run('search', 'zzzxq');
  expect([said.split('\n').slice(0, 2), exitCode]).toEqual([
    ['No page matches.', '  Check the spelling, or try a more general word.'],
    0,
  ]);
  expect(said).toContain(' crawl ');
});

test('a spelling comes first, and what was in the way is left out of the search that is proposed', async () => {
  await gatewayThatFinds(0, '"hot dgo" -mustard', { suggestion: '"hot dog" -mustard' });
  const { said } = await run('search', '"hot dgo"', '-mustard');
  expect(said).toMatch(/^Did you mean: "hot dog" -mustard\n/);
  expect(said).toContain(" search 'hot dgo -mustard'\n");
  expect(said).toContain(` search '"hot dgo"'\n`);
});

test('a page beyond the last one is no search without results', async () => {
  await gatewayThatFinds(12, 'dog');
  const { said } = await run('search', 'dog', '--page', '9');
  expect(said).toMatch(/^There is no such page of results: --page 1 shows the best of 12\n/);
});
