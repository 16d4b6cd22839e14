import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';
import { createMetrics } from '../../../shared/observe/metrics.ts';

const textOf = async (metrics: ReturnType<typeof createMetrics>): Promise<string> => (await metrics.render()).text;

test('a set of label values starts at 0, and the labels of the process are on every series', async () => {
  const metrics = createMetrics({ node: 'app-1' }, { process: false });
  const calls = metrics.counter('calls_total', 'Calls', ['code']);
  calls.labels({ code: 'ok' });
  calls.inc({ code: 'failed' }, 2);
  expect(await textOf(metrics)).toBe(
    [
      '# HELP calls_total Calls',
      '# TYPE calls_total counter',
      'calls_total{code="ok",node="app-1"} 0',
      'calls_total{code="failed",node="app-1"} 2',
      '',
    ].join('\n'),
  );
});

test('a histogram counts each value in all buckets that hold it; the bounds belong to their bucket', async () => {
  const metrics = createMetrics({}, { process: false });
  const times = metrics.histogram('t_seconds', 'Times', ['op'], [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 2]) times.observe({ op: 'find' }, value);
  expect((await textOf(metrics)).split('\n').slice(2, -1)).toEqual([
    't_seconds_bucket{le="0.1",op="find"} 2',
    't_seconds_bucket{le="1",op="find"} 3',
    't_seconds_bucket{le="+Inf",op="find"} 4',
    't_seconds_sum{op="find"} 2.65',
    't_seconds_count{op="find"} 4',
  ]);
});

test('reading a histogram gives the count of each bucket, and nothing where the metric does not exist', async () => {
  const metrics = createMetrics({ node: 'app-1' }, { process: false });
  const times = metrics.histogram('t_seconds', 'Times', ['op'], [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 2]) times.observe({ op: 'find' }, value);
  times.labels({ op: 'plan' });
  expect(await metrics.read('t_seconds')).toEqual([
    { labels: { op: 'find' }, value: 4, buckets: [2, 1, 1] },
    { labels: { op: 'plan' }, value: 0, buckets: [0, 0, 0] },
  ]);
  expect(await metrics.read('u_seconds')).toEqual([]);
});

test('a metric that is read twice counts nothing twice', async () => {
  const metrics = createMetrics({}, { process: false });
  metrics.counter('calls_total', 'Calls', ['code']).inc({ code: 'ok' }, 2);
  metrics.histogram('t_seconds', 'Times', [], [1]).observe({}, 0.5);
  expect(await textOf(metrics)).toBe(await textOf(metrics));
  expect(await metrics.read('calls_total')).toEqual([{ labels: { code: 'ok' }, value: 2 }]);
});

test('a metric without labels has its one series from the start', async () => {
  const metrics = createMetrics({}, { process: false });
  metrics.counter('a_total', 'A');
  metrics.gauge('b', 'B').set({}, 3);
  expect(await textOf(metrics)).toContain('\na_total 0\n');
  expect(await textOf(metrics)).toContain('\nb 3\n');
});

test('the hundredth set of label values, and all after it, are counted together', async () => {
  const metrics = createMetrics({}, { process: false });
  const calls = metrics.counter('calls_total', 'Calls', ['who']);
  for (let i = 0; i < 150; i++) calls.inc({ who: `caller-${i}` });
  const lines = (await textOf(metrics)).split('\n').filter((line) => line.startsWith('calls_total{'));
  expect(lines).toHaveLength(99);
  expect(lines.at(-1)).toBe('calls_total{who="other"} 52');
});

test('label values are escaped; a gauge is current when it is read, and forgets removed series', async () => {
  const metrics = createMetrics({}, { process: false });
  let reads = 0;
  const gauge = metrics.gauge('state', 'State', ['what'], async (own) => own.set({ what: 'a "b"\n\\' }, ++reads));
  gauge.set({ what: 'gone' }, 1);
  gauge.remove({ what: 'gone' });
  expect(await textOf(metrics)).toContain(String.raw`state{what="a \"b\"\n\\"} 1`);
  expect(await textOf(metrics)).toContain('} 2\n');
  expect(await textOf(metrics)).not.toContain('gone');
});

test('the same name gives the same metric; the process adds its own', async () => {
  const metrics = createMetrics({ node: 'n' }, { process: true });
  metrics.counter('a_total', 'A').inc();
  metrics.counter('a_total', 'A').inc();
  const text = await textOf(metrics);
  expect(text).toContain('a_total{node="n"} 2\n');
  expect(text).toMatch(/^process_resident_memory_bytes\{node="n"\} \d/m);
  expect(text).not.toContain('nodejs_eventloop_lag');
  expect(text).not.toContain('_fds');
});

test('other labels of the process are on every series, and the counts go on', async () => {
  const metrics = createMetrics({ topology: 'one' }, { process: false });
  const calls = metrics.counter('calls_total', 'Calls', ['code']);
  calls.inc({ code: 'ok' }, 2);
  metrics.relabel({ topology: 'two' });
  calls.inc({ code: 'ok' });
  expect((await textOf(metrics)).split('\n').slice(2, -1)).toEqual(['calls_total{code="ok",topology="two"} 3']);
});

test('each kind of change is in the next text, and in the next samples', async () => {
  const metrics = createMetrics({}, { process: false });
  const calls = metrics.counter('calls_total', 'Calls', ['code']);
  const state = metrics.gauge('state', 'State', ['who']);
  const times = metrics.histogram('t_seconds', 'Times', ['op'], [1]);
  const held = {
    calls: calls.labels({ code: 'ok' }),
    state: state.labels({ who: 'a' }),
    times: times.labels({ op: 'x' }),
  };
  const changes: [change: () => void, metric: string, line: string][] = [
    [() => held.calls.inc(), 'calls_total', 'calls_total{code="ok"} 1'],
    [() => calls.inc({ code: 'ok' }, 2), 'calls_total', 'calls_total{code="ok"} 3'],
    [() => calls.labels({ code: 'failed' }), 'calls_total', 'calls_total{code="failed"} 0'],
    [() => held.state.set(4), 'state', 'state{who="a"} 4'],
    [() => state.set({ who: 'b' }, 5), 'state', 'state{who="b"} 5'],
    [() => held.times.observe(2), 't_seconds', 't_seconds_count{op="x"} 1'],
    [() => times.observe({ op: 'y' }, 2), 't_seconds', 't_seconds_count{op="y"} 1'],
    [() => times.labels({ op: 'z' }), 't_seconds', 't_seconds_count{op="z"} 0'],
  ];
  for (const [change, metric, line] of changes) {
    const before = [await textOf(metrics), await metrics.read(metric)] as const;
    expect(before[0]).not.toContain(line);
    change();
    expect(await textOf(metrics)).toContain(`${line}\n`);
    expect(await metrics.read(metric)).not.toEqual(before[1]);
  }
  state.remove({ who: 'a' });
  expect(await textOf(metrics)).not.toContain('who="a"');
  state.reset();
  expect(await metrics.read('state')).toEqual([]);
});

test('the library writes a metric again only when it has changed', async () => {
  const written = vi.spyOn(Registry.prototype, 'getSingleMetricAsString');
  const metrics = createMetrics({}, { process: false });
  const calls = metrics.counter('calls_total', 'Calls');
  let level = 1;
  metrics.gauge('level', 'Level', [], (own) => own.set({}, level));
  const names = async (): Promise<string[]> => {
    written.mockClear();
    await metrics.render();
    return written.mock.calls.map(([name]) => name);
  };
  expect(await names()).toEqual(['calls_total', 'level']);
  expect(await names()).toEqual([]);
  calls.inc();
  expect(await names()).toEqual(['calls_total']);
  level = 2;
  expect(await names()).toEqual(['level']);
  written.mockRestore();
});
