import { expect, test } from 'vitest';
import { adviceFor } from '../../../services/html/advice.ts';
import { fakeCluster } from './fake-cluster.ts';
import { commandsIn } from './output.ts';
import { run } from './run.ts';

/** A gateway that answers every search alike. */
async function gatewayThatFinds(total: number, query: string, more: object = {}): Promise<void> {
  const answer = { query, total, page: 1, size: 10, tookMs: 1, servedBy: ['app-1'], results: [], ...more };
  await fakeCluster({ 'gateway-1': { '/api/search': answer } });
}

test('a search that finds nothing gives the advice of the page and a command that adds pages', async () => {
  await gatewayThatFinds(0, 'zzzxq');
  const { said, exitCode } = await run('search', 'zzzxq');
  for (const { text } of adviceFor('zzzxq')) expect(said).toContain(text);
  expect([commandsIn(said).map(([command]) => command), exitCode]).toEqual([['crawl'], 0]);
});

test('a spelling comes first, and the searches that are proposed can be pasted', async () => {
  await gatewayThatFinds(0, '"hot dgo" -mustard', { suggestion: '"hot dog" -mustard' });
  const { said } = await run('search', '"hot dgo"', '-mustard');
  expect(said.split('\n')[0]).toContain('"hot dog" -mustard');
  const sameCluster = ['--port-base', process.env.TIERLAB_PORT_BASE];
  expect(commandsIn(said).slice(0, 2)).toEqual([
    ['search', 'hot dgo -mustard', ...sameCluster],
    ['search', '"hot dgo"', ...sameCluster],
  ]);
});

test('a page beyond the last one is no search without results', async () => {
  await gatewayThatFinds(12, 'dog');
  const { said } = await run('search', 'dog', '--page', '9');
  expect(said).toMatch(/^.*--page 1\b.*\b12\n/);
  expect(commandsIn(said)).toEqual([]);
});
