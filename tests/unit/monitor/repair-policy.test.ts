import { expect, test } from 'vitest';
import {
  decideRepair,
  type PastOrder,
  type NodeCondition,
  type GroupCondition,
} from '../../../services/monitor/repair-policy.ts';
import { tolerated } from '../../../shared/tolerated.ts';

const condition: NodeCondition = {
  node: 'ranking-2',
  incarnation: 4,
  verdict: 'crashed',
  standingMs: 1_000,
  stateful: false,
  serving: true,
};
const group: GroupCondition = {
  now: 1_000_000,
  groupSize: 3,
  groupServing: 3,
  standbys: [],
  past: [],
  doubtsItself: false,
};
const past = (secondsAgo: number, what: PastOrder['do'], more: Partial<PastOrder> = {}): PastOrder => ({
  at: group.now - secondsAgo * 1_000,
  group: 'ranking',
  node: 'ranking-2',
  incarnation: 4,
  do: what,
  ...more,
});

test.each<[string, Partial<NodeCondition>, Partial<GroupCondition>, string]>([
  ['a crashed node', {}, {}, 'restart'],
  ['a hung node', { verdict: 'hung' }, {}, 'restart'],
  ['a limping node', { verdict: 'limping' }, {}, 'drain'],
  [
    'a limper that was drained a second ago',
    { verdict: 'limping', serving: false },
    { groupServing: 2, past: [past(1, 'drain')] },
    'it is draining',
  ],
  [
    'a limper that drained and still limps',
    { verdict: 'limping', serving: false },
    { groupServing: 2, past: [past(5, 'drain')] },
    'restart',
  ],
  ['a lying node', { verdict: 'lying' }, {}, 'quarantine'],
  ['a partitioned node', { verdict: 'partitioned' }, {}, 'a network cannot be repaired'],
  ['an overloaded node', { verdict: 'overloaded' }, {}, 'restarting an overloaded node'],
  ['a healthy node', { verdict: 'healthy' }, {}, 'it is healthy'],
  ['a second limper of three', { verdict: 'limping' }, { groupServing: 2 }, '1 of 3 are out already'],
  ['a second liar of three', { verdict: 'lying' }, { groupServing: 2 }, '1 of 3 are out already'],
  ['a second liar of five', { verdict: 'lying' }, { groupSize: 5, groupServing: 4 }, 'quarantine'],
  ['a second crash of three: it serves nobody anyway', {}, { groupServing: 2 }, 'restart'],
  ['a limper of a pair', { verdict: 'limping' }, { groupSize: 2, groupServing: 2 }, 'drain'],
  ['a limper whose twin is down', { verdict: 'limping' }, { groupSize: 2, groupServing: 1 }, '1 of 2 are out already'],
  [
    'a limper that is the only one',
    { verdict: 'limping' },
    { groupSize: 1, groupServing: 1 },
    'slow is better than nothing',
  ],
  ['a liar that is the only one', { verdict: 'lying' }, { groupSize: 1, groupServing: 1 }, 'quarantine'],
  ['a crash seen by a monitor in doubt', {}, { doubtsItself: true }, 'does not trust its own observations'],
  ['a crash restarted two seconds ago', {}, { past: [past(2, 'restart')] }, 'has 5 s to take effect'],
  ['a crash restarted six seconds ago', {}, { past: [past(6, 'restart')] }, 'restart'],
  [
    'a crash restarted twice, six seconds ago',
    {},
    { past: [past(20, 'restart'), past(6, 'restart')] },
    'has 10 s to take effect',
  ],
  [
    'a crash restarted five minutes ago',
    {},
    { past: [past(301, 'restart'), past(302, 'restart')], standbys: ['ranking-9'] },
    'restart',
  ],
  ['a crash whose machine is gone, with a standby', {}, { restartRefused: true, standbys: ['ranking-9'] }, 'promote'],
  ['a crash whose machine is gone, without a standby', {}, { restartRefused: true }, 'restart'],
  ['a crash of five seconds with a standby', { standingMs: 5_000 }, { standbys: ['ranking-9'] }, 'promote'],
  [
    'a limper of five seconds with a standby',
    { verdict: 'limping', standingMs: 5_000 },
    { standbys: ['ranking-9'] },
    'drain',
  ],
  [
    'a crash a second after a promotion',
    { standingMs: 9_000 },
    { standbys: ['ranking-9'], past: [past(1, 'promote')] },
    'has 5 s to take effect',
  ],
  [
    'a limper while another one was drained a moment ago',
    { verdict: 'limping' },
    { past: [past(29, 'drain', { node: 'html-1' })] },
    'have a common cause',
  ],
  [
    'a limper long after another one',
    { verdict: 'limping' },
    { past: [past(31, 'drain', { node: 'html-1' })] },
    'drain',
  ],
  [
    'a crash loop with a standby',
    {},
    { past: [past(40, 'restart'), past(20, 'restart')], standbys: ['ranking-9'] },
    'promote',
  ],
  ['a crash loop without a standby', {}, { past: [past(40, 'restart'), past(20, 'restart')] }, 'restart'],
  [
    'the fifth repair in ten seconds',
    {},
    { past: [1, 2, 3, 4].map((s) => past(s, 'restart', { node: `n-${s}` })) },
    'too many repairs',
  ],
  ['repairs of long ago', {}, { past: [11, 12, 13, 14].map((s) => past(s, 'restart', { node: `n-${s}` })) }, 'restart'],
])('%s: %#', (_, ill, around, expected) => {
  const order = decideRepair({ ...condition, ...ill }, { ...group, ...around });
  if (order.do === 'wait') expect(order.reason).toContain(expected);
  else expect(order.do).toBe(expected);
});

test('orders name the incarnation that they are for, so carrying one out twice changes nothing', () => {
  expect(decideRepair(condition, group)).toEqual({ do: 'restart', node: 'ranking-2', incarnation: 4 });
});

test('only a node with data of its own is made to fetch it anew', () => {
  const lying = { ...condition, verdict: 'lying' as const };
  expect(decideRepair(lying, group)).toMatchObject({ resynchronise: false });
  expect(decideRepair({ ...lying, stateful: true }, group)).toMatchObject({ resynchronise: true });
});

test('a promotion says whose place is taken', () => {
  const loop = { ...group, standbys: ['ranking-9', 'ranking-10'], past: [past(40, 'restart'), past(20, 'restart')] };
  expect(decideRepair(condition, loop)).toEqual({ do: 'promote', node: 'ranking-9', instead: 'ranking-2' });
});

test.each([
  [1, 0],
  [2, 1],
  [3, 1],
  [4, 1],
  [5, 2],
  [7, 3],
])('of %i replicas %i may be out', (size, out) => expect(tolerated(size)).toBe(out));

test('no series of decisions takes out more than f of a group', () => {
  for (const size of [2, 3, 5, 7]) {
    let serving = size;
    const orders: PastOrder[] = [];
    for (let n = 0; n < size; n++) {
      const now = group.now + n * 60_000;
      const ill = { ...condition, node: `r-${n}`, verdict: n % 2 === 0 ? ('limping' as const) : ('lying' as const) };
      const order = decideRepair(ill, { ...group, now, groupSize: size, groupServing: serving, past: orders });
      if (order.do !== 'wait') {
        serving--;
        orders.push({ at: now, group: 'ranking', node: ill.node, incarnation: 4, do: order.do });
      }
    }
    expect(size - serving).toBe(tolerated(size));
  }
});
