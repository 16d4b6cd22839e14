import { expect, test } from 'vitest';
import { usableEndpoints } from '../../../shared/membership/directory.ts';
import type { MemberState, View } from '../../../shared/membership/view.ts';

const endpoints = ['a', 'b', 'c'].map((node) => ({ node, host: 'h', port: 1 }));
const view = (...states: MemberState[]): View => ({
  monitor: 'm',
  version: 1,
  members: states.map((state, i) => ({ node: 'abc'[i]!, state, incarnation: 1 })),
});

test.each<[string, View | undefined, string]>([
  ['everybody without a view', undefined, 'abc'],
  ['whoever is alive', view('alive', 'dead', 'alive'), 'ac'],
  ['nobody suspected while others are alive', view('suspect', 'alive', 'starting'), 'b'],
  ['everybody who stays when nobody is alive: the view is more likely wrong', view('dead', 'suspect', 'draining'), 'ab'],
  ['a limper rather than a liar', view('quarantined', 'draining', 'standby'), 'b'],
  ['a liar rather than nobody', view('quarantined', 'standby', 'standby'), 'a'],
  ['even those who leave when there is nobody else', view('draining', 'draining', 'draining'), 'abc'],
])('calls go to %s', (_what, seen, expected) => {
  expect(
    usableEndpoints(endpoints, seen)
      .map(({ node }) => node)
      .join(''),
  ).toBe(expected);
});
