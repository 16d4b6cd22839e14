import { expect, test } from 'vitest';
import type { NodeGroup, Topology } from '../../../shared/cluster/topology.ts';
import { placementRoutes } from '../../../shared/cluster/watchdog/placement-routes.ts';
import { createWatchdog } from '../../../shared/cluster/watchdog/watchdog.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { madeTopology } from '../../support/made-topology.ts';

const html: NodeGroup = { name: 'html', components: ['html'], replicas: 2 };
const topology = (...nodes: readonly NodeGroup[]) =>
  madeTopology([{ name: 'app', components: ['app'], replicas: 1 }, ...nodes]);

/** A watchdog that has started no process. */
function watchdogOf(running: Topology) {
  let incarnation = 0;
  return createWatchdog({
    topology: running,
    nodes: running.nodes,
    components: () => Promise.resolve({}),
    command: [process.execPath, '--version'],
    args: ({ id }) => [id],
    nextIncarnation: () => ++incarnation,
    ...createSimulation('placement'),
    onChange: () => undefined,
  });
}

test('a stopped node that a topology lacks is forgotten, and a later node of that name is a new one', () => {
  const watchdog = watchdogOf(topology(html));
  const [app, before] = [watchdog.child('app-1'), watchdog.child('html-2')];
  watchdog.place(topology({ ...html, replicas: 1 }));
  expect(watchdog.child('html-2')).toBeUndefined();
  expect([...watchdog.children()].map(({ id }) => id)).toEqual(['app-1', 'html-1']);
  watchdog.place(topology({ ...html, components: ['html', 'app'] }));
  expect(watchdog.child('html-2')).toBeDefined();
  expect(watchdog.child('html-2')).not.toBe(before);
  expect(watchdog.child('app-1')).toBe(app);
  expect(watchdog.status().map(({ id, components }) => `${id} ${components.join()}`)).toEqual([
    'app-1 app',
    'html-1 html,app',
    'html-2 html,app',
  ]);
});

test.each<[string, unknown, string, RegExp]>([
  ['no topology', { source: 'x' }, 'bad_request', /order\.next/],
  ['a node without ports', { source: 'x', next: { name: 'one', nodes: [{ id: 'a-1' }] } }, 'bad_request', /nodes/],
  [
    'other work for a running node',
    { source: 'x', next: topology({ ...html, components: ['ranking'] }) },
    'conflict',
    /html-1 would get other work.*html-2 would get other work/,
  ],
])('an order with %s is refused, and nothing changes', (_, body, code, reason) => {
  const watchdog = watchdogOf(topology(html));
  const placed: unknown[] = [];
  const routes = placementRoutes({
    watchdog,
    byContainer: false,
    publishedKeys: () => ({}),
    place: (next) => placed.push(next),
  });
  const { handle } = routes.find(({ method, path }) => method === 'POST' && path === '/topology')!;
  expect(() => handle({}, body)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(reason) }));
  expect(placed).toEqual([]);
  expect(handle({}, { source: 'x', next: topology(html, { ...html, name: 'more' }) })).toEqual({ nodes: 5 });
  expect(placed).toHaveLength(1);
});

test('a change is under way from the first order until it is settled', () => {
  const watchdog = watchdogOf(topology(html));
  const place = (next: Topology) => watchdog.place(next);
  const routes = placementRoutes({ watchdog, byContainer: false, publishedKeys: () => ({}), place });
  const ask = (wanted: string, body?: unknown) =>
    routes.find(({ method, path }) => `${method} ${path}` === wanted)!.handle({}, body);
  expect(ask('GET /topology')).toEqual({ topology: topology(html), isChanging: false });
  const next = topology(html, { ...html, name: 'more' });
  ask('POST /topology', { source: 'x', next });
  expect(ask('GET /topology')).toEqual({ topology: next, isChanging: true });
  ask('POST /topology/announce');
  expect(ask('GET /topology')).toMatchObject({ isChanging: true });
  ask('POST /topology/settle');
  expect(ask('GET /topology')).toMatchObject({ isChanging: false });
});
