import Type from 'typebox';
import { expect, test } from 'vitest';
import { compose, type Reply } from '../../../../shared/rpc/call.ts';
import { contract, operation } from '../../../../shared/rpc/contract.ts';
import { createDoubts } from '../../../../shared/rpc/layers/trust/doubts.ts';
import { createLiars } from '../../../../shared/rpc/layers/trust/liars.ts';
import { createPeers } from '../../../../shared/rpc/layers/replicas/peers.ts';
import { verify, type CheckResult, type ReceiptDesk } from '../../../../shared/rpc/layers/trust/verify.ts';
import { createPolicyHolder } from '../../../../shared/rpc/policy.ts';
import { clientLayers } from '../../../../shared/rpc/client-layers.ts';
import { nodes, outcomeOf, setUp, testCall } from './helpers.ts';

const { operations } = contract('shelf', {
  get: operation({
    summary: 'a read',
    request: Type.Object({}),
    response: Type.Object({ n: Type.Number() }),
    mismatch: (_request, { n }) => (n === 13 ? 'thirteen was not asked for' : undefined),
  }),
});
const checks = {
  'shelf.get': (_: unknown, body: unknown): CheckResult => {
    const { n } = body as { n: number };
    if (n >= 9_000) return { kind: 'doubt', item: 'p', content: String(n), why: 'page p is not what was signed' };
    return n === 666 ? { kind: 'lie', why: 'a page is not signed' } : { kind: 'right', items: ['p'] };
  },
};
const [a] = nodes('a', 'b', 'c');
const call = (own = {}) => testCall({ component: 'shelf', operation: operations.get, endpoint: a!, ...own });

function verifying(reply: Reply, receipts?: ReceiptDesk) {
  const { sim, events, observe } = setUp();
  const peers = createPeers(sim.clock);
  const liars = createLiars({ clock: sim.clock, peers, endpoints: () => nodes('a', 'b', 'c'), observe });
  const service = verify({ liars, doubts: createDoubts(() => nodes('a', 'b', 'c')), observe, checks, receipts })(
    async () => reply,
  );
  return { events, service, liars };
}

test.each([
  ['genuine', { n: 1 }, 'a', { n: 1 }, undefined],
  ['of another shape', { n: '1' }, 'a', 'bad_reply', undefined],
  ['no object at all', null, 'a', 'bad_reply', undefined],
  ['not the answer to the request', { n: 13 }, 'a', 'bad_reply', undefined],
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

/** Twenty reads under a policy; `held` = what each replica has. */
async function readings(policy: 'resilient' | 'always', held: Record<string, number>) {
  const { sim, observe, events } = setUp();
  const layers = clientLayers(
    createPolicyHolder(
      policy === 'always'
        ? { base: 'resilient', quorum: { operations: { 'shelf.get': { when: 'always' } } } }
        : 'resilient',
    ),
    { ...sim, endpoints: () => nodes(...Object.keys(held)), observe, checks },
  );
  const service = compose(layers, async ({ endpoint }) => ({
    body: { n: held[endpoint!.node] },
    servedBy: [endpoint!.node],
  }));
  const outcomes = [];
  for (let i = 0; i < 20; i++) {
    const outcome = outcomeOf(service(testCall({ component: 'shelf', operation: operations.get, request: { i } })));
    await sim.run(sim.clock.now() + 1_000);
    outcomes.push(await outcome);
  }
  const told = events.filter(({ event }) => ['bad-signature', 'ejected', 'vote-lost', 'bad-page'].includes(event));
  return { outcomes, told };
}

test.each([
  ['resilient', { a: 9_000, b: 9_000, c: 9_000 }],
  ['always', { a: 9_000, b: 9_000, c: 9_000 }],
  ['resilient', { a: 9_000, b: 9_000 }],
  ['resilient', { a: 9_000 }],
  ['resilient', { a: 9_000, b: 9_000, c: 9_000, d: 9_000, e: 9_000 }],
] as const)(
  'C9 under %s, a page that all replicas hold damaged is one error, told once, and nobody is accused: %j',
  async (policy, held) => {
    const { outcomes, told } = await readings(policy, held);
    expect(new Set(outcomes)).toEqual(new Set(['bad_page']));
    expect(told).toEqual([{ event: 'bad-page', component: 'shelf', why: 'page p is not what was signed' }]);
  },
);

test.each([
  ['resilient', { a: 9_000, b: 1, c: 1 }],
  ['always', { a: 9_000, b: 1, c: 1 }],
  ['resilient', { a: 9_001, b: 1 }],
] as const)(
  'C9 under %s, the one replica that sends another page than the rest is accused: %j',
  async (policy, held) => {
    const { outcomes, told } = await readings(policy, held);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(new Set(['{"n":1}']));
    const liar = Object.entries(held).find(([, n]) => n !== 1)![0];
    expect(told).toContainEqual(expect.objectContaining({ event: 'bad-signature', node: liar }));
    expect(told.filter((event) => 'node' in event && event.node !== liar)).toEqual([]);
  },
);

test('C9 a single replica with many damaged pages is accused: that is no accident', () => {
  const doubts = createDoubts(() => nodes('a'));
  const judged = Array.from(
    { length: 6 },
    (_, i) => doubts.judge(call(), 'a', { item: `p${i}`, content: 'x', why: 'wrong' }).judgement,
  );
  expect(judged).toEqual(['at-source', 'at-source', 'at-source', 'at-source', 'lie', 'lie']);
});
