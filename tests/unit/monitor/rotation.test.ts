import { expect, test } from 'vitest';
import { stateOf, type RotationSituation } from '../../../services/monitor/rotation.ts';

const well: RotationSituation = {
  phase: 'ready',
  phi: 0,
  seen: 'healthy',
  standing: 'healthy',
  takenOut: undefined,
  restartedUnannounced: false,
  standsBy: false,
};

test.each<[string, Partial<RotationSituation>, string]>([
  ['a node that beats and serves', {}, 'alive'],
  ['one that was never heard', { phase: undefined }, 'starting'],
  ['a cold standby, never heard', { phase: undefined, standsBy: true }, 'standby'],
  ['one that was never heard and has exited', { phase: undefined, seen: 'crashed', standing: 'crashed' }, 'dead'],
  ['silent for longer than usual', { phi: 4 }, 'suspect'],
  ['silent for too long', { phi: 9 }, 'dead'],
  [
    'crashed, by the word of its ops port, before it is silent for long',
    { phi: 2, seen: 'crashed', standing: 'crashed' },
    'dead',
  ],
  ['a new process after a crash', { phase: 'starting', restartedUnannounced: true, standing: 'crashed' }, 'starting'],
  ['ready again, but not yet for long enough', { standing: 'crashed' }, 'starting'],
  ['leaving', { phase: 'draining' }, 'draining'],
  ['taken out because it limps', { standing: 'limping', takenOut: 'draining' }, 'draining'],
  ['taken out because it lies', { standing: 'lying', takenOut: 'quarantined' }, 'quarantined'],
  ['a limper that must stay: too many are out', { standing: 'limping' }, 'alive'],
  ['partitioned from somebody', { standing: 'partitioned' }, 'alive'],
  ['a hot standby', { phase: 'standby', standsBy: true }, 'standby'],
  ['back, and its place is taken', { standsBy: true }, 'standby'],
])('%s: %#', (_, more, state) => {
  expect(stateOf({ ...well, ...more })).toBe(state);
});
