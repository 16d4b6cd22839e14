import { expect, test } from 'vitest';
import { routesByPreference, routes } from '../../../../shared/rpc/layers/balancing/routes.ts';
import { failure, outcomeOf, replyOf, setUp, testCall } from './helpers.ts';

const endpoint = {
  node: 'a',
  host: 'first',
  port: 1,
  alternates: [
    { host: 'second', port: 2 },
    { host: 'third', port: 3 },
  ],
};
const hosts = (avoided: Record<string, number>) =>
  routesByPreference(endpoint, ({ host }) => avoided[host] ?? 0, 10).map(({ host }) => host);

test('ways that failed lately come last, in their order', () => {
  expect(hosts({})).toEqual(['first', 'second', 'third']);
  expect(hosts({ first: 20 })).toEqual(['second', 'third', 'first']);
  expect(hosts({ first: 20, second: 20, third: 20 })).toEqual(['first', 'second', 'third']);
  expect(hosts({ first: 10 })).toEqual(['first', 'second', 'third']);
});

function routing(broken: Record<string, ReturnType<typeof failure>>) {
  const { sim } = setUp();
  const asked: string[] = [];
  const service = routes(
    { returnMs: 1_000 },
    { clock: sim.clock },
  )((call) => {
    const { host } = call.endpoint!;
    asked.push(host);
    return broken[host] ? Promise.reject(broken[host]) : Promise.resolve(replyOf('a', host));
  });
  return { sim, asked, send: (own = { endpoint } as object) => outcomeOf(service(testCall(own))) };
}

test('a node is reached over its second route while the first is gone, and then over the first', async () => {
  const broken: Record<string, ReturnType<typeof failure>> = { first: failure('unreachable') };
  const { sim, asked, send } = routing(broken);
  expect([await send(), await send()]).toEqual(['second', 'second']);
  expect(asked).toEqual(['first', 'second', 'second']);
  delete broken.first;
  await sim.run(1_000);
  expect(await send()).toBe('first');
});

test('only what certainly did not arrive goes another way', async () => {
  const { asked, send } = routing({ first: failure('connection_lost') });
  expect(await send()).toBe('connection_lost');
  expect(asked).toEqual(['first']);
});

test('when no route works, the node is unreachable; a node with one address has one chance', async () => {
  const gone = failure('unreachable');
  const { asked, send } = routing({ first: gone, second: gone, third: gone });
  expect(await send()).toBe('unreachable');
  expect(asked).toHaveLength(3);
  expect(await send({ endpoint: { node: 'a', host: 'first', port: 1 } })).toBe('unreachable');
  expect(asked).toHaveLength(4);
});
