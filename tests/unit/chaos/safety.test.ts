import { expect, test } from 'vitest';
import { withFlag } from '../../../cli/chaos/messages.ts';
import { casualtiesOf, objections, type Intention, type ChaosSituation } from '../../../services/chaos/safety.ts';
import { select } from '../../../services/chaos/select.ts';
import { nodes } from './nodes.ts';

const calm: ChaosSituation = { enabled: true, nodes, active: [] };
const one: Intention = { id: 'f1', kind: 'limp.latency', casualties: ['ranking-2'], beyondTolerance: false };
const other = { id: 'f0', kind: 'stop.kill', casualties: ['ranking-1'] };

test.each<[string, Partial<Intention>, Partial<ChaosSituation>, RegExp | undefined]>([
  ['one node of three', {}, {}, undefined],
  ['anything where chaos is off', {}, { enabled: false }, /chaos is off.*--chaos/],
  ['anything while all is being stopped', {}, { aborting: 'p99' }, /being stopped: p99/],
  ['an id that is in use', { id: 'f0' }, { active: [other] }, /id f0 is in use/],
  ['a second fault', {}, { active: [other] }, /one fault at a time/],
  ['a second fault, beyond tolerance on purpose', { beyondTolerance: true }, { active: [other] }, undefined],
  ['a fault beside a negative control', {}, { active: [{ ...other, kind: 'none' }] }, undefined],
  ['a negative control beside a fault', { kind: 'none', casualties: [] }, { active: [other] }, undefined],
  [
    'two of three',
    { casualties: ['ranking-1', 'ranking-2'] },
    {},
    /the fault would hit 2 of 3 nodes of group ranking, but the group tolerates the loss of 1/,
  ],
  [
    'two of three, beyond tolerance on purpose',
    { casualties: ['ranking-1', 'ranking-2'], beyondTolerance: true },
    {},
    undefined,
  ],
  ['the only gateway', { casualties: ['gateway-1'] }, {}, /1 of 1 nodes of group gateway/],
  ['one of each of two groups', { casualties: ['ranking-1', 'database-1-1'] }, {}, undefined],
  ['both of a shard', { casualties: ['database-1-1', 'database-1-2'] }, {}, /2 of 2 nodes of group database\/1/],
])('%s: objection %s', (_, intention, situation, objection) => {
  const found = objections({ ...one, ...intention }, { ...calm, ...situation });
  if (objection === undefined) expect(found).toEqual([]);
  else expect(found.join('; ')).toMatch(objection);
});

test('beyondTolerance lifts the tolerance only: not the switch, not a running abort', () => {
  for (const situation of [{ enabled: false }, { aborting: 'x' }])
    expect(objections({ ...one, beyondTolerance: true }, { ...calm, ...situation })).not.toEqual([]);
});

const fault = { kind: 'net.partition', probability: 1, params: {} };

test.each([
  [{ ...fault, params: { groups: [['a', 'b', 'c'], ['d'], ['e']] } }, ['d', 'e']],
  [{ ...fault, params: { ring: ['a', 'b', 'c', 'd'] } }, ['a', 'b', 'c', 'd']],
  [{ ...fault, kind: 'stop.kill' }, ['a', 'b']],
  [{ ...fault, kind: 'stop.kill', probability: 0 }, []],
  [{ ...fault, kind: 'none' }, []],
])('the casualties of %j are %j', (given, casualties) => {
  expect(casualtiesOf(given, ['a', 'b'])).toEqual(casualties);
});

test.each([
  [{ nodes: ['ranking-2'] }, ['ranking-2']],
  [{ component: 'ranking' }, ['ranking-1', 'ranking-2', 'ranking-3']],
  [{ group: 'database', shard: 1 }, ['database-1-1', 'database-1-2']],
  [{ component: 'ranking', nodes: ['ranking-3', 'gateway-1'] }, ['ranking-3']],
])('%j selects %j', (selector, ids) => expect(select(nodes, selector, 1).map(({ id }) => id)).toEqual(ids));

test.each([
  [{ nodes: ['ranking-9'] }, /no node ranking-9; there are .*ranking-3/],
  [{ component: 'rankings' }, /no node matches/],
  [{ group: 'database', shard: 2 }, /no node matches/],
  [{ component: 'ranking', pick: 4 }, /pick 4 of 3/],
])('%j selects nobody, which is an error', (selector, sentence) =>
  expect(() => select(nodes, selector, 1)).toThrow(sentence),
);

test('picks are drawn from the seed: the same each time, and every node at some seed', () => {
  const picks = Array.from({ length: 40 }, (_, seed) => select(nodes, { component: 'ranking', pick: 1 }, seed)[0]!.id);
  expect(picks).toEqual(
    Array.from({ length: 40 }, (_, seed) => select(nodes, { component: 'ranking', pick: 1 }, seed)[0]!.id),
  );
  expect(new Set(picks).size).toBe(3);
});

test('the command line names its flag in the objection that this flag lifts', () => {
  const [objection] = objections({ ...one, casualties: ['ranking-1', 'ranking-2'] }, calm);
  expect(withFlag(objection!)).toMatch(/\btolerates the loss of 1 \(--beyond-tolerance allows more\)$/);
});
