import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildPlan } from '../../../loadgen/options/build-plan.ts';
import { rateAt } from '../../../loadgen/options/plan.ts';
import { parseDuration, parseHeader, parseRate, parseSeries } from '../../../loadgen/options/quantities.ts';
import { parseTarget } from '../../../loadgen/options/target.ts';
import { parseRequestList } from '../../../loadgen/workload/list.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const url = 'http://127.0.0.1:9';

test('durations, rates and series are read', () => {
  expect(parseDuration('1m30s')).toBe(90_000);
  expect(parseDuration('250ms')).toBe(250);
  expect(parseDuration('1.5')).toBe(1500);
  expect(parseRate('2000/s')).toBe(2000);
  expect(parseRate('2k')).toBe(2000);
  expect(parseRate('90/m')).toBe(1.5);
  expect(parseSeries('1..48', 'c')).toEqual([1, 2, 4, 8, 16, 32, 48]);
  expect(parseSeries('1,3', 'c')).toEqual([1, 3]);
  expect(parseHeader('X-A:  b: c ')).toEqual(['x-a', 'b: c']);
});

test('without a URL the cluster gets the mix, shifted with the cluster', async () => {
  const { plan } = await buildPlan(undefined, { portBase: '7200' }, 2);
  expect(plan.target.origin).toBe('http://127.0.0.1:8200');
  expect(plan.workload).toMatchObject({ kind: 'mix', skew: 1 });
  expect(plan.workload.kind === 'mix' && plan.workload.words.length).toBe(1000);
  expect(plan.model).toEqual({ kind: 'closed', users: 10, thinkMs: { kind: 'none' } });
});

test.each(['1023', '31001', 'high'])(
  'a port base of %s is refused, because no cluster can be there',
  async (portBase) => {
    await expect(buildPlan(undefined, { portBase }, 2)).rejects.toThrow('--port-base');
  },
);

test('the corpus words are the same every time and really words', async () => {
  const words = async () => {
    const { plan } = await buildPlan(undefined, { vocabulary: '50' }, 2);
    return plan.workload.kind === 'mix' ? plan.workload.words : [];
  };
  const first = await words();
  expect(first).toHaveLength(50);
  expect(first.every((word) => /^[a-z]{3,}$/.test(word))).toBe(true);
  expect(await words()).toEqual(first);
  expect(first).toContain('time');
});

test('models follow from the options', async () => {
  const model = async (flags: Parameters<typeof buildPlan>[1]) => (await buildPlan(url, flags, 4)).plan.model;
  expect(await model({ rate: '100/s', arrivals: 'poisson' })).toMatchObject({
    kind: 'open',
    arrivals: { kind: 'poisson' },
  });
  expect(await model({ users: '3', think: '~2s' })).toEqual({
    kind: 'closed',
    users: 3,
    thinkMs: { kind: 'exponential', meanMs: 2000 },
  });
  expect(await model({ rate: '5', workload: 'walk' })).toMatchObject({ kind: 'partly-open' });
  expect((await buildPlan(url, { stages: '30s@50,10s@0' }, 4)).plan.durationMs).toBe(40_000);
});

test('the objective of goodput is the tightest latency threshold unless it is given', async () => {
  expect((await buildPlan(url, { threshold: ['p(99)<200ms', 'p(50)<50ms', 'wrong==0'] }, 2)).plan.sloMs).toBe(50);
  expect((await buildPlan(url, { threshold: ['p(99)<200ms'], slo: '1.5s' }, 2)).plan.sloMs).toBe(1500);
  expect((await buildPlan(url, { slo: 'p(99)<80ms' }, 2)).plan.sloMs).toBe(80);
});

describe('bad arguments are refused with a sentence and exit code 2', () => {
  test.each([
    [url, { rate: 'fast' }, /not a rate/],
    [url, { rate: '0' }, /above 0/],
    [url, { rate: '10', users: '3' }, /exclude each other/],
    [url, { duration: 'long' }, /^-d: "long" is not a duration/],
    [url, { think: 'x' }, /^--think: "x" is not a duration/],
    [url, { rate: '5', think: '1s' }, /--think has no effect here/],
    [url, { speed: '2' }, /--speed has no effect here: it needs --recorded/],
    [url, { workload: 'mix', depth: '2' }, /--depth has no effect/],
    [url, { zipf: '2' }, /--zipf has no effect/],
    [url, { vocabulary: '5' }, /--vocabulary has no effect/],
    [url, { stages: '10s@fast' }, /^--stages: "fast" is not a rate/],
    [url, { duration: '2h' }, /longer than 10 minutes/],
    [url, { rate: '60000' }, /more than 50000/],
    [url, { stages: '10s@5', duration: '3s' }, /exclude each other/],
    [url, { stages: '10s' }, /not a stage/],
    [url, { connections: '0' }, /-c must be a whole number/],
    [url, { header: ['nonsense'] }, /not a header/],
    [url, { header: ['a: b\r\nc: d'] }, /not a header/],
    [url, { threshold: ['p(99)'] }, /threshold/],
    [url, { check: 'maybe' }, /--check/],
    [url, { workload: 'magic' }, /no workload "magic"/],
    [url, { workload: 'mix', body: 'x' }, /belong to a single URL/],
    [url, { zipf: '-1', workload: 'mix' }, /--zipf/],
    [url, { arrivals: 'poisson' }, /needs a rate/],
    [url, { rate: '5', arrivals: 'weird' }, /--arrivals must be/],
    [url, { requests: '/no/such/file' }, /cannot be read/],
    ['http://198.51.100.1/', {}, /not this machine.*--allow-host 198\.51\.100\.1/],
    ['http://127.0.0.1.example.com/', {}, /not this machine/],
    ['http://[::ffff:c633:6402]/', {}, /not this machine/],
    ['ftp://127.0.0.1/', {}, /not supported/],
    ['http://a:b@127.0.0.1/', {}, /password/],
    ['http://', {}, /not a URL/],
  ])('%s %j', async (target, flags, message) => {
    await expect(buildPlan(target, flags, 2)).rejects.toMatchObject({
      message: expect.stringMatching(message),
      exitCode: 2,
    });
  });
});

test('a host that is named may be loaded', async () => {
  await expect(buildPlan('http://198.51.100.1/', { allowHost: ['198.51.100.1'] }, 2)).resolves.toBeDefined();
  await expect(buildPlan('http://198.51.100.2/', { allowHost: ['198.51.100.1'] }, 2)).rejects.toThrow(
    /not this machine/,
  );
});

test('targets keep path and query, and IPv6 loopback is loopback', () => {
  expect(parseTarget('127.0.0.1:8000/a?b=c')).toMatchObject({
    host: '127.0.0.1:8000',
    port: 8000,
    path: '/a?b=c',
    tls: false,
  });
  expect(parseTarget('https://[::1]/')).toMatchObject({ hostname: '::1', port: 443, tls: true });
});

test('request lists take paths, methods and objects, and name the line that is none', async () => {
  const text = '# remark\n/a\nDELETE /b\n{"method":"PUT","target":"/c","body":{"x":1},"expect":[204]}\n';
  expect(parseRequestList(text)).toEqual([
    { method: 'GET', target: '/a', name: '/a' },
    { method: 'DELETE', target: '/b', name: '/b' },
    { method: 'PUT', target: '/c', name: '/c', body: '{"x":1}', expect: [204] },
  ]);
  expect(() => parseRequestList('/a\nnot a path\n')).toThrow(/line 2/);
  expect(() => parseRequestList('/a\r\n/b c\n')).toThrow(/line 2/);
  expect(() => parseRequestList('/a\n{"target":"/b","target":"/c"}\n')).toThrow(/line 2\b.*: target is written twice$/);
  const file = path.join(temporaryFolder(), 'list.txt');
  await writeFile(file, '/x\n');
  expect((await buildPlan(url, { requests: file }, 2)).plan.workload).toMatchObject({ kind: 'list' });
});

test('the rate that a model asks for now: pieces, jumps, and the last rate at the end', () => {
  const model = (stages: { ratePerSecond: number; durationMs: number }[]) =>
    ({ kind: 'open', stages, arrivals: { kind: 'constant' } }) as const;
  const stages = [
    { ratePerSecond: 100, durationMs: 0 },
    { ratePerSecond: 100, durationMs: 10_000 },
    { ratePerSecond: 200, durationMs: 10_000 },
  ];
  expect([0, 5_000, 15_000, 20_000, 99_000].map((atMs) => rateAt(model(stages), atMs))).toEqual([
    100, 100, 150, 200, 200,
  ]);
  expect(rateAt({ kind: 'closed', users: 3, thinkMs: { kind: 'none' } }, 0)).toBe(0);
});
