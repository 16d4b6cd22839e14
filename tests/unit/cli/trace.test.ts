import type { AddressInfo } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { tracesComponent } from '../../../services/traces/component.ts';
import { doorOf, environment } from '../gateway/harness.ts';
import { fakeCluster } from './fake-cluster.ts';
import { rowOf } from './output.ts';
import { run } from './run.ts';

/** A cluster whose node traces-1 runs the real component, which has no traces yet. */
beforeEach(async () => {
  const server = await doorOf(tracesComponent, environment(tracesComponent, 'traces-1', {}, { nodes: [] }));
  await server.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await fakeCluster({ 'traces-1': {} }, { doors: {}, publicPort: (server.server.address() as AddressInfo).port });
});

test.each<[string, readonly string[], number, string | RegExp]>([
  ['an unknown id', ['no-such-id'], 1, 'there is no trace no-such-id: it was not kept'],
  ['an id that cannot be one', ['../secret'], 1, /id/],
  ['an endless id', ['x'.repeat(65)], 1, /id/],
  ['a word instead of a time', ['--since', 'yesterday'], 2, 'a time such as 30s, 10m or 1h is wanted'],
  ['a time without a unit', ['--since', '10'], 2, 'a time such as 30s, 10m or 1h is wanted'],
  ['a time in the future', ['--since=-5m'], 2, 'a time such as 30s, 10m or 1h is wanted'],
  ['--limit 0', ['--limit', '0'], 2, 'a whole number from 1 is wanted'],
  ['half a trace', ['--limit', '1.5'], 2, 'a whole number from 1 is wanted'],
  ['no number', ['--limit', 'all'], 2, 'a whole number from 1 is wanted'],
  ['more than the collector gives', ['--limit', '501'], 1, /limit.*500/],
  ['an id and a filter', ['r1', '--slowest'], 2, 'an id names one trace: leave out --slowest, --errors and --since'],
  ['an id and a time', ['r1', '--since', '1m'], 2, 'an id names one trace'],
  ['two ids', ['r1', 'r2'], 2, 'too many arguments'],
])('trace refuses %s, and says why', async (_, args, exitCode, says) => {
  const result = await run('trace', ...args);
  expect(result.said).toMatch(says);
  expect(result.exitCode).toBe(exitCode);
  expect(result.said).not.toMatch(/ {4}at |\[object/);
});

test('where no request was made yet, the list says so, and as JSON it is empty', async () => {
  for (const flags of [[], ['--slowest'], ['--errors', '--since', '10m'], ['--limit', '500']])
    expect(await run('trace', ...flags)).toEqual({
      exitCode: 0,
      said: 'No trace is kept for this: there was no such request yet.\n',
    });
  expect(JSON.parse((await run('trace', '--json')).said)).toEqual({ traces: [] });
});

test('a topology without the component traces is named as such', async () => {
  await fakeCluster({ 'app-1': {} });
  const { exitCode, said } = await run('trace');
  expect(said).toContain('topology t has no component "traces": it keeps no traces');
  expect(exitCode).toBe(1);
});

test('a collector that has died just now is named', async () => {
  await fakeCluster({ 'traces-1': undefined });
  const { exitCode, said } = await run('trace', 'r1');
  expect(said).toContain('nothing answers at port 1');
  expect(exitCode).toBe(1);
});

test('the times of the usual request show which component works most', async () => {
  expect((await run('trace', '--times')).said).toBe('No trace is kept for this: there was no such request yet.\n');
  const tier = (component: string, workMs: number) => ({
    component,
    heldMs: 10,
    workMs,
    waitForDataMs: 10 - workMs,
    waitForResultMs: 0,
  });
  const times = { request: 'GET /search', requests: 4, durationMs: 12, tiers: [tier('app', 2), tier('database', 6)] };
  await fakeCluster({ 'traces-1': { '/api/traces/times': times } });
  const { said } = await run('trace', '--times');
  expect(said).toContain('GET /search  12.0 ms  mean of 4 requests');
  expect(rowOf(said, 'database')).toMatchObject({ held: '10.0 ms', work: '6.0 ms', 'of all work': '75%' });
  expect(await run('trace', '--times', '--slowest')).toMatchObject({ exitCode: 2 });
});
