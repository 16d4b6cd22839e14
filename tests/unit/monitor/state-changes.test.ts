import { expect, test } from 'vitest';
import { createStateChanges } from '../../../services/monitor/state-changes.ts';
import type { MemberState } from '../../../shared/membership/view.ts';

/** Takes views whose nodes have these states; `incarnation`: of all of them, 0 before their first process. */
function given() {
  const changes = createStateChanges();
  const take = (version: number, states: Readonly<Record<string, MemberState>>, incarnation = 1) => {
    const members = Object.entries(states).map(([node, state]) => ({ node, state, incarnation }));
    changes.take({ monitor: 'm-1', version, members });
  };
  return { take, list: changes.list };
}

test('it lists the last changes of states with the version of the view; a first state is no change', () => {
  const { take, list } = given();
  take(1, { a: 'alive', b: 'starting' });
  take(2, { a: 'dead', b: 'starting' });
  take(3, { a: 'dead', b: 'starting' });
  take(4, { a: 'alive', b: 'alive' });
  expect(list()).toEqual([
    { version: 2, node: 'a', state: 'dead' },
    { version: 4, node: 'a', state: 'alive' },
    { version: 4, node: 'b', state: 'alive' },
  ]);
  for (let version = 5; version < 305; version++) take(version, { a: version % 2 === 0 ? 'alive' : 'suspect' });
  expect(list()).toHaveLength(100);
  expect(list().at(-1)).toEqual({ version: 304, node: 'a', state: 'alive' });
});

test('a node whose next process is there before anybody noticed was dead in between, unless it had left', () => {
  const { take, list } = given();
  take(1, { a: 'alive', b: 'draining', c: 'alive' });
  take(2, { a: 'starting', b: 'starting' }, 2);
  take(3, { c: 'suspect' });
  expect(list().map(({ node, state }) => `${node} ${state}`)).toEqual([
    'a dead',
    'a starting',
    'b starting',
    'c suspect',
  ]);
});

test('a standby can die unseen; one that starts for the first time was not dead', () => {
  const { take, list } = given();
  take(1, { hot: 'standby' }, 1);
  take(2, { cold: 'standby' }, 0);
  take(3, { hot: 'starting' }, 2);
  take(4, { cold: 'starting' }, 1);
  expect(list().map(({ node, state }) => `${node} ${state}`)).toEqual(['hot dead', 'hot starting', 'cold starting']);
});
