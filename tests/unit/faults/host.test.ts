import { expect, test } from 'vitest';
import { faultHost } from '../../../shared/faults/host.ts';
import { faultKinds, kindAndParams } from '../../../shared/faults/kinds.ts';

const bare = faultHost({ callerOf: () => undefined, serves: false });
const whole = faultHost({
  callerOf: () => undefined,
  serves: true,
  disk: true,
  process: async () => undefined,
  listener: { close: () => undefined, open: () => undefined },
  burn: () => undefined,
  clock: { now: () => 0, wall: () => 0, skew: () => () => undefined },
});

test.each([
  ['limp.latency', { meanMs: 5 }, /no other node calls this node/],
  ['byz.corrupt', {}, /no other node calls this node/],
  ['limp.disk', { meanMs: 5 }, /nothing on a disk/],
  ['stop.kill', {}, /signal processes/],
  ['stop.refuse', {}, /no listener/],
  ['limp.cpu', { form: 'busy' }, /no main loop/],
  ['clock.skew', { offsetMs: 5 }, /cannot be moved/],
])('%s is refused, in words, where nothing can carry it out', (name, given, sentence) => {
  const { kind, params } = kindAndParams(name, given);
  expect(bare.lacks(kind, params)).toMatch(sentence);
  expect(whole.lacks(kind, params)).toBeUndefined();
});

test('what the network does needs nothing of the node, and nothing at all is always possible', () => {
  for (const name of ['none', 'net.drop', 'net.reset']) expect(bare.lacks(faultKinds.get(name)!, {})).toBeUndefined();
});
