import Type from 'typebox';
import { expect, test } from 'vitest';
import { compose, type Reply } from '../../../../shared/rpc/call.ts';
import { contract, operation } from '../../../../shared/rpc/contract.ts';
import { createLiars } from '../../../../shared/rpc/layers/liars.ts';
import { createPeers } from '../../../../shared/rpc/layers/peers.ts';
import { verify, type ReceiptDesk } from '../../../../shared/rpc/layers/verify.ts';
import { createPolicyHolder } from '../../../../shared/rpc/policy.ts';
import { clientLayers } from '../../../../shared/rpc/client-layers.ts';
import { nodes, outcomeOf, setUp, testCall } from './helpers.ts';

const { operations } = contract('shelf', {
  get: operation({ summary: 'a read', request: Type.Object({}), response: Type.Object({ n: Type.Number() }) }),
});
const checks = {
  'shelf.get': (_: unknown, body: unknown) => ((body as { n: number }).n === 666 ? 'a page is not signed' : undefined),
};
const [a] = nodes('a', 'b', 'c');
const call = (own = {}) => testCall({ component: 'shelf', operation: operations.get, endpoint: a!, ...own });

function verifying(reply: Reply, receipts?: ReceiptDesk) {
  const { sim, events, observe } = setUp();
  const peers = createPeers(sim.clock);
  const liars = createLiars({ clock: sim.clock, peers, endpoints: () => nodes('a', 'b', 'c'), observe });
  const service = verify({ liars, observe, checks, receipts })(async () => reply);
  return { events, service, liars };
}

test.each([
  ['genuine', { n: 1 }, 'a', { n: 1 }, undefined],
  ['of another shape', { n: '1' }, 'a', 'bad_reply', undefined],
  ['no object at all', null, 'a', 'bad_reply', undefined],
  ['in the name of another node', { n: 1 }, 'b', 'bad_reply', 'it comes in the name of b'],
  ['refused by the check of its operation', { n: 666 }, 'a', 'bad_reply', 'a page is not signed'],
])('a reply that is %s', async (_, body, node, expected, why) => {
  const { service, events, liars } = verifying({ body, servedBy: [node, 'deeper'] });
  expect(await outcomeOf(service(call()))).toEqual(expected);
  if (why === undefined) return expect(events).toEqual([]);
  expect(events).toMatchObject([
    { event: 'bad-signature', component: 'shelf', node: 'a', why },
    { event: 'ejected', node: 'a', why: 'lying' },
  ]);
  expect(liars.suspected(call(), 60_000)).toBe(true);
});

test('a receipt is only wanted where the call asks for one', async () => {
  const desk: ReceiptDesk = {
    nonce: () => 'n',
    take: (_call, _node, _body, receipt) => (receipt ? undefined : 'no receipt came'),
  };
  const reply = { body: { n: 1 }, servedBy: ['a'] };
  expect(await outcomeOf(verifying(reply, desk).service(call()))).toEqual({ n: 1 });
  expect(await outcomeOf(verifying(reply, desk).service(call({ nonce: 'n' })))).toBe('bad_reply');
  expect(await outcomeOf(verifying(reply).service(call({ nonce: 'n' })))).toEqual({ n: 1 });
});

test('what one replica forges, another is asked for; where all forge, there is an error and no answer', async () => {
  for (const [forgers, expected] of [
    [['a'], { n: 1 }],
    [['a', 'b'], { n: 1 }],
    [['a', 'b', 'c'], 'bad_reply'],
  ] as const) {
    const { sim, observe } = setUp();
    const layers = clientLayers(createPolicyHolder('resilient'), {
      ...sim,
      endpoints: () => nodes('a', 'b', 'c'),
      observe,
      checks,
    });
    const service = compose(layers, async ({ endpoint }) => {
      const n = (forgers as readonly string[]).includes(endpoint!.node) ? 666 : 1;
      return { body: { n }, servedBy: [endpoint!.node] };
    });
    for (let i = 0; i < 20; i++) {
      const outcome = outcomeOf(service(testCall({ component: 'shelf', operation: operations.get })));
      await sim.run(sim.clock.now() + 1_000);
      expect(await outcome).toEqual(expected);
    }
  }
});
