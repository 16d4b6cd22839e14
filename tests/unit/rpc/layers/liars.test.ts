import { expect, test } from 'vitest';
import { createLiars } from '../../../../shared/rpc/layers/trust/liars.ts';
import { createPeers } from '../../../../shared/rpc/layers/replicas/peers.ts';
import { nodes, setUp, testCall } from './helpers.ts';

function threeReplicas() {
  const { sim, events, observe } = setUp();
  const peers = createPeers(sim.clock);
  const liars = createLiars({ clock: sim.clock, peers, endpoints: () => nodes('a', 'b', 'c'), observe });
  return { events, peers, liars };
}

test('one of three is out at a time: a second liar stays, and is outvoted each time', () => {
  const { events, peers, liars } = threeReplicas();
  liars.accuse(testCall(), 'a');
  liars.accuse(testCall(), 'b');
  expect(events.flatMap((event) => (event.event === 'ejected' ? [event.node] : []))).toEqual(['a']);
  expect(peers.group({ component: 'ranking' }).get('b').ejection.until).toBe(0);
  expect(liars.suspected(testCall(), 60_000)).toBe(true);
});

test('the lie of a replaced process ejects nobody', () => {
  const { events, peers, liars } = threeReplicas();
  const asked = (incarnation: number) => testCall({ endpoint: { ...nodes('a')[0]!, incarnation } });
  peers.group({ component: 'ranking' }).get('a', 7);
  liars.accuse(asked(4), 'a');
  expect(events).toEqual([]);
  liars.accuse(asked(7), 'a');
  expect(events).toMatchObject([{ event: 'ejected', node: 'a' }]);
});
