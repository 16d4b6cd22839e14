import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseExperiment, planExperiment } from '../../../services/chaos/experiment.ts';
import { createJournal, parseLine, unhealed } from '../../../services/chaos/journal.ts';
import { parseRequest, victimsOf } from '../../../services/chaos/request.ts';
import { occurrences, type Schedule } from '../../../services/chaos/schedule.ts';
import { broken, minSamples, steadyStateOf } from '../../../services/chaos/steady.ts';
import { loadCheckedTopology } from '../../../shared/cluster/topology-file.ts';
import { nodes } from './nodes.ts';

const good = {
  name: 'a-test',
  summary: 'something',
  durationMs: 10_000,
  steadyState: { before: {}, after: {} },
  faults: [
    { when: { at: 500 }, fault: { kind: 'limp.latency', target: 'ranking-2', ttlMs: 2_000, params: { meanMs: 50 } } },
  ],
};
const text = (change: object) => JSON.stringify({ ...good, ...change });
const withFault = (change: object) =>
  text({ faults: [{ ...good.faults[0], fault: { ...good.faults[0]!.fault, ...change } }] });

test('JSON and YAML are read alike, and defaults are filled in', () => {
  const experiment = parseExperiment(text({}));
  expect(experiment).toMatchObject({
    seed: 1,
    abortIf: {},
    steadyState: { before: { errorShareBelow: 0.01 }, watchMs: 3_000 },
  });
  expect(
    parseExperiment(
      '# yaml\nname: a-test\nsummary: something\ndurationMs: 10000\nsteadyState: { before: {}, after: {} ' +
        '}\nfaults:\n  - when: { at: 500 }\n    fault: { kind: limp.latency, target: ranking-2, ttlMs: 2000, ' +
        'params: { meanMs: 50 } }\n',
    ),
  ).toEqual(experiment);
});

test.each([
  ['{ name: [', /experiment: /],
  ['just words', /must be an object/],
  [text({ name: 'Not A Name' }), /name/],
  [text({ durationMs: 0 }), /durationMs/],
  [text({ steadyState: undefined }), /steadyState|required/],
  [text({ steadystate: {} }), /steadystate: .*steadyState/],
  [text({ faults: [] }), /faults/],
  [text({ faults: [{ when: { at: -5 }, fault: good.faults[0]!.fault }] }), /faults.0.when/],
  [text({ faults: [{ when: { sometimes: true }, fault: good.faults[0]!.fault }] }), /faults.0.when/],
  [withFault({ ttlMs: undefined }), /ttlMs is mandatory/],
  [withFault({ target: {} }), /target has no condition/],
  [withFault({ kind: 'limp.slow' }), /kind limp.slow is not known/],
  [withFault({ params: { meanMs: 'much' } }), /meanMs: a number .*"much"/],
])('%s is refused with a sentence', (given, sentence) => {
  expect(() => parseExperiment(given)).toThrow(sentence);
  expect(() => parseExperiment(given)).toThrow(expect.objectContaining({ code: 'bad_request' }));
});

const plan = (schedule: Schedule, seed = 1) => occurrences(schedule, seed, 10_000, ['a', 'b']);

test.each<[Schedule, number[]]>([
  [{ at: 0 }, [0]],
  [{ at: 10_000 }, []],
  [{ every: 3_000 }, [0, 3_000, 6_000, 9_000]],
  [{ every: 4_000, from: 1_000 }, [1_000, 5_000, 9_000]],
])('the schedule %j comes at %j', (schedule, times) => expect(plan(schedule).map(({ at }) => at)).toEqual(times));

test('a Poisson schedule has exponential gaps of the right mean, and is the same for the same seed', () => {
  const hour = occurrences({ poisson: { perHour: 3_600 } }, 5, 3_600_000, []);
  expect(hour).toEqual(occurrences({ poisson: { perHour: 3_600 } }, 5, 3_600_000, []));
  expect(hour).not.toEqual(occurrences({ poisson: { perHour: 3_600 } }, 6, 3_600_000, []));
  expect(Math.abs(hour.length - 3_600)).toBeLessThan(4 * 60);
  const gaps = hour.slice(1).map(({ at }, i) => at - hour[i]!.at);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(deviation / mean).toBeCloseTo(1, 1);
});

const bathtub = {
  infant: { etaMs: 4_000, beta: 0.5 },
  random: { etaMs: 4_000 },
  wear: { etaMs: 9_000, beta: 5 },
  repair: { medianMs: 300, sigma: 0.3 },
  replaceAfter: ['wear' as const],
};

test('in a bathtub schedule each victim lives its own life, in order of time', () => {
  const found = plan({ bathtub });
  expect(new Set(found.map(({ victim }) => victim))).toEqual(new Set(['a', 'b']));
  expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).sort((x, y) => x - y));
  expect(plan({ bathtub })).toEqual(found);
  expect(plan({ bathtub }, 2)).not.toEqual(found);
});

test('a bathtub kill is down for the repair time that was drawn, and its time to live covers it', () => {
  const faults = [{ when: { bathtub }, fault: { kind: 'stop.kill', target: { component: 'ranking' }, ttlMs: 1_000 } }];
  const injections = planExperiment(parseExperiment(text({ faults })), nodes);
  expect(injections.length).toBeGreaterThan(3);
  for (const { faults: victims } of injections) {
    const [fault] = victims;
    const { downMs } = fault!.params as { downMs: number };
    expect(victims).toHaveLength(1);
    expect(downMs).toBeGreaterThan(50);
    expect(fault!.ttlMs).toBeGreaterThan(downMs);
  }
});

test('a plan is the same each time, and another seed picks other victims', () => {
  const many = (seed: number) => {
    const faults = [
      { when: { every: 100 }, fault: { ...good.faults[0]!.fault, target: { component: 'ranking', pick: 1 } } },
    ];
    return planExperiment(parseExperiment(text({ seed, faults })), nodes);
  };
  expect(many(1)).toEqual(many(1));
  const victims = new Set(Array.from({ length: 20 }, (_, seed) => many(seed)[0]!.faults[0]!.target));
  expect(victims.size).toBe(3);
});

test('a partition is injected at every node that it names', () => {
  const params = { groups: [['ranking-1', 'ranking-2'], ['ranking-3']] };
  const faults = [{ when: { at: 0 }, fault: { kind: 'net.partition', target: 'ranking-3', ttlMs: 1_000, params } }];
  const [injection] = planExperiment(parseExperiment(text({ faults })), nodes);
  expect(injection!.faults.map(({ target }) => target)).toEqual(['ranking-1', 'ranking-2', 'ranking-3']);
  expect(injection!.casualties).toEqual(['ranking-3']);
});

const cut = { kind: 'net.partition', ttlMs: 1_000, params: { groups: [['ranking-1', 'ranking-2'], ['ranking-3']] } };

test('a partition needs no target, because its parameters name the nodes', () => {
  const [injection] = planExperiment(parseExperiment(text({ faults: [{ when: { at: 0 }, fault: cut }] })), nodes);
  expect(injection!.faults.map(({ target }) => target)).toEqual(['ranking-1', 'ranking-2', 'ranking-3']);
  expect(() => parseRequest({ ...cut, kind: 'none', params: {} })).toThrow(/target must name/);
});

test.each(['gateway-1', { component: 'gateway' }, { nodes: ['ranking-1', 'gateway-1'] }])(
  'a partition is refused for the target %j that its groups do not name',
  (target) => expect(() => victimsOf(parseRequest({ ...cut, target }), nodes)).toThrow(/gateway-1 is none of them/),
);

const folder = path.resolve(import.meta.dirname, '../../../chaos/experiments');

test.each(readdirSync(folder))('the experiment %s is valid and named as its file', (file) => {
  const experiment = parseExperiment(readFileSync(path.join(folder, file), 'utf8'));
  expect(`${experiment.name}.yaml`).toBe(file);
});

test('split-monitors cuts the lonely monitor off from every other node of the default topology', async () => {
  const experiment = parseExperiment(readFileSync(path.join(folder, 'split-monitors.yaml'), 'utf8'));
  const { groups } = experiment.faults[0]!.fault.params as { groups: string[][] };
  const topology = await loadCheckedTopology('multitier', path.resolve(folder, '..', '..', 'topologies'));
  expect(groups.flat().toSorted()).toEqual(topology.nodes.map(({ id }) => id).toSorted());
  expect(groups[1]).toEqual(['monitor-2']);
});

test('the journal keeps every line, survives a line that was cut off, and knows what was never healed', () => {
  const lines: string[] = [];
  const clock = { now: () => 0, wall: () => 1_000 };
  const journal = createJournal(clock, (line) => void lines.push(line));
  journal.note({ event: 'undo', id: 'f1', kind: 'stop.kill', target: 'a' });
  journal.note({ event: 'undo', id: 'f1', kind: 'stop.kill', target: 'b' });
  journal.note({ event: 'inject', id: 'f1', kind: 'stop.kill', target: 'a' });
  journal.note({ event: 'heal', id: 'f1', kind: 'stop.kill', target: 'b' });
  expect(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
  expect(JSON.parse(lines[0]!)).toEqual({ at: 1_000, event: 'undo', id: 'f1', kind: 'stop.kill', target: 'a' });
  const reborn = createJournal(clock, () => undefined, [...lines, '{"at":5,"event":"un']);
  expect(unhealed(reborn.recent())).toEqual([{ id: 'f1', kind: 'stop.kill', target: 'a' }]);
  expect(reborn.recent(1)).toHaveLength(1);
  expect(parseLine('nonsense')).toBeUndefined();
  reborn.note({ event: 'halt', id: '*', kind: '*', target: '*' });
  expect(unhealed(reborn.recent())).toHaveLength(1);
  reborn.note({ event: 'heal', id: 'f1', kind: 'stop.kill', target: 'a', end: 'halt' });
  expect(unhealed(reborn.recent())).toEqual([]);
});

const samples = (n: number, failed: number, tookMs = 10) =>
  Array.from({ length: n }, (_, i) => ({
    at: i,
    tookMs: i === n - 1 ? 900 : tookMs,
    ...(i < failed ? { failure: i === 0 ? 'a answered 503' : 'b answered 502' } : {}),
  }));

test.each([
  [samples(100, 0), undefined],
  [samples(100, 1), /1.0% of the probes fail \(a answered 503\); steady means less than 1.0%/],
  [samples(100, 50), /50.0% of the probes fail \(b answered 502\)/],
  [samples(100, 0, 700), /90th percentile is 700 ms/],
  // one slow probe of ten is a blink, two are not
  [samples(minSamples, 0), undefined],
  [[...samples(minSamples / 2, 0), ...samples(minSamples / 2, 0)], /90th percentile is 900 ms/],
  [samples(minSamples - 1, 0), /only 9 probes/],
  [[], /only 0 probes/],
])('a steady state is judged by share of errors, tail and number of samples (%#)', (given, sentence) => {
  const found = broken(steadyStateOf(given), { errorShareBelow: 0.01, p90BelowMs: 500 });
  if (sentence === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(sentence);
});
