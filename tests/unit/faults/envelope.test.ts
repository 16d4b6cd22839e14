import { expect, test } from 'vitest';
import { maxTtlMs, parseFault, parseFaultRequest } from '../../../shared/faults/envelope.ts';
import { kindAndParams, siteOf } from '../../../shared/faults/kinds.ts';

const good = { id: 'f1', kind: 'limp.latency', target: 'ranking-2', ttlMs: 30_000, owner: 'chaos-1' };

test('a short fault is completed with defaults, and the given object stays as it is', () => {
  const given = { ...good };
  expect(parseFault(given)).toEqual({ ...good, scope: {}, probability: 1, startAt: 0, params: {}, seed: 0 });
  expect(given).toEqual(good);
});

test.each([
  [{ ttlMs: undefined }, /ttlMs is mandatory/],
  [{ ttlMs: 0 }, /ttlMs: a whole number from 1 to 900000 .* not 0$/],
  [{ ttlMs: maxTtlMs + 1 }, /ttlMs: .*900000/],
  [{ ttlMs: '30s' }, /ttlMs: .*"30s"/],
  [{ probability: 1.1 }, /probability: .*from 0 to 1.* not 1.1$/],
  [{ probability: -0.1 }, /probability: .* not -0.1$/],
  [{ probability: null }, /probability/],
  [{ target: '' }, /target/],
  [{ target: '*' }, /target/],
  [{ kind: 'limp latency' }, /kind/],
  [{ blast: 'all' }, /blast: there is no such field; there are id, /],
  [{ scope: { direction: 'up' } }, /scope.direction: one of "request", "reply"/],
  [{ scope: { callers: ['x'] } }, /scope.callers: .*caller, operation/],
  [{ startAt: -1 }, /startAt: .* not -1$/],
  [{ abortIf: { p90AboveMs: 0 } }, /abortIf.p90AboveMs/],
  [{ owner: undefined }, /owner/],
])('a fault with %j is refused with a sentence', (wrong, sentence) => {
  expect(() => parseFault({ ...good, ...wrong })).toThrow(sentence);
  expect(() => parseFault({ ...good, ...wrong })).toThrow(expect.objectContaining({ code: 'bad_request' }));
});

test.each([null, [], 'limp.latency', 7, undefined])('%j is not a fault', (value) => {
  expect(() => parseFault(value)).toThrow(/must be an object/);
});

const request = { kind: 'stop.kill', ttlMs: 1_000 };

test.each([
  [{ target: 'ranking-2' }, { nodes: ['ranking-2'] }],
  [{ target: { component: 'ranking', pick: 1 } }, { component: 'ranking', pick: 1 }],
  [{ target: { group: 'database', shard: 2 } }, { group: 'database', shard: 2 }],
])('the target of %j becomes the selector %j', (target, selector) => {
  expect(parseFaultRequest({ ...request, ...target }).target).toEqual(selector);
});

test('a request without a seed has none: whoever plans derives one', () => {
  expect(parseFaultRequest({ ...request, target: 'ranking-2' }).seed).toBeUndefined();
  expect(parseFaultRequest({ ...request, target: 'ranking-2', seed: 7 }).seed).toBe(7);
});

test.each([
  [{ target: '' }, /target must name/],
  [{ target: {} }, /target has no condition/],
  [{ target: { pick: 3 } }, /target has no condition/],
  [{ target: { shard: 1 } }, /target has no condition/],
  [{ target: { nodes: [] } }, /nodes/],
  [{ target: { everybody: true } }, /everybody: there is no such field/],
])('an empty selector %j is an error, not everybody', (target, sentence) => {
  expect(() => parseFaultRequest({ ...request, ...target })).toThrow(sentence);
});

test.each([
  ['limp.latencies', {}, /kind limp.latencies is not known/],
  ['constructor', {}, /not known/],
  ['limp.latency', {}, /meanMs above 0 or factor above 1/],
  ['limp.latency', { meanMs: '400' }, /meanMs: a number .*"400"/],
  ['limp.latency', { mean: 400 }, / mean: .*meanMs/],
  ['limp.latency', { meanMs: 5, distribution: 'gauss' }, /distribution: one of "constant", "uniform"/],
  ['limp.cpu', { share: 1 }, /share/],
  ['stop.kill', { loops: 2, downMs: 9_000 }, /loops overlap/],
  ['clock.skew', {}, /other than 0/],
  ['net.partition', {}, /either groups or ring/],
  ['net.partition', { groups: [['a']] }, /groups/],
  ['net.partition', { groups: [['a'], ['b', 'a']] }, /a is named twice/],
  ['byz.rank', { id: 'x' }, /id belongs to boost/],
  ['byz.omit', { share: 0 }, /share/],
  ['none', { anything: 1 }, /anything: there is no such field; nothing can be set/],
])('the parameters of %s may not be %j', (kind, params, sentence) => {
  expect(() => kindAndParams(kind, params)).toThrow(sentence);
});

test.each([
  ['stop.kill', {}, 'watchdog'],
  ['stop.hang', {}, 'watchdog'],
  ['stop.refuse', {}, 'node'],
  ['limp.cpu', { form: 'paused' }, 'watchdog'],
  ['limp.cpu', { form: 'busy' }, 'node'],
  ['byz.twin', {}, 'watchdog'],
  ['limp.latency', { meanMs: 1 }, 'node'],
])('%s %j is carried out by the %s', (kind, params, site) => {
  expect(siteOf(kind, params)).toBe(site);
});
