import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createLiveCollector } from '../../../services/console/live/collector.ts';
import { createNodeReadings } from '../../../services/console/live/node-readings.ts';
import type { Snapshot } from '../../../services/console/live/snapshot.ts';
import { createConsoleStreams, maxStreams } from '../../../services/console/live/stream.ts';
import { targetPatienceMs } from '../../../services/chaos/contract.ts';
import { createSources, type LedView } from '../../../services/console/sources.ts';
import type { View } from '../../../shared/membership/view.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import type { ControlClient } from '../../../shared/control/client.ts';
import { topologyNamed } from '../../support/topologies.ts';

const topology = await topologyNamed('tiny');

/** An open page: what was written to it. */
class Page extends EventEmitter {
  text = '';
  writableLength = 0;
  destroyed = false;
  write(text: string | Buffer): void {
    this.text += text;
  }
  end(): void {}
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const reading = (served: number) => ({
  incarnation: 1,
  build: 'Tierlab 1 on Node.js 26',
  upMs: 1,
  lagMs: 1,
  loop: { activeMs: served, idleMs: 99 * served },
  memoryBytes: 1,
  bounds: [0.001, 0.01],
  door: { component: 'door', ok: 0, failed: 0, buckets: [0, 0, 0] },
  served: [{ component: 'app', ok: served, failed: 0, buckets: [served, 0, 0] }],
  called: [{ component: 'html', endpoint: 'html-1', ok: served, failed: 0, buckets: [served, 0, 0] }],
  inFlight: {},
  ejects: [],
  circuits: {},
});

interface Given {
  readonly isWatched?: () => boolean;
  readonly answerMs?: (path: string) => number;
  /** The view that comes with the heartbeats of the console's own node. */
  readonly ownView?: (second: number) => View | undefined;
}

/**
 * A console in virtual time before a cluster that answers as `answers` says, after `answerMs` if the console waits so
 * long.
 */
function given(
  answers: (path: string, port: number, second: number) => unknown,
  { isWatched = () => true, answerMs = () => 0, ownView = () => undefined }: Given = {},
) {
  const simulation = createSimulation(1);
  const { clock, scheduler } = simulation;
  const asked: { readonly port: number; readonly path: string }[] = [];
  const control: ControlClient = async ({ port }, { path, timeoutMs }) => {
    asked.push({ port, path });
    const tookMs = answerMs(path);
    if (tookMs > 0) await sleep(scheduler, Math.min(tookMs, timeoutMs));
    if (tookMs > timeoutMs) throw new RpcError('deadline_exceeded', 'no answer in time');
    const answer = answers(path, port, Math.floor(clock.now() / 1_000));
    if (answer === undefined) throw new RpcError('unreachable', 'nobody listens');
    return answer;
  };
  const collector = createLiveCollector({
    topology,
    sources: createSources(topology, control, undefined),
    readings: createNodeReadings(topology, control, clock),
    ownView: () => ownView(Math.floor(clock.now() / 1_000)),
    isWatched,
    clock,
    scheduler,
  });
  return { simulation, collector, asked };
}

const view = (more: Partial<LedView>): LedView => ({
  monitor: 'monitor-1',
  version: 1,
  members: [{ node: 'app-1', state: 'alive', incarnation: 1 }],
  changes: [],
  ...more,
});

const healthy = (path: string, _port: number, second: number): unknown => {
  if (path === '/admin/live') return reading(10 * second);
  if (path === '/api/view') return view({});
  if (path === '/api/incidents?last=200') return { incidents: [{ id: 'a' }] };
  return path === '/api/chaos/faults' ? [] : { whole: 1 };
};

test('the cluster is asked once a second, however many pages are open, and each event is made once', async () => {
  async function run(pages: number) {
    const { simulation, collector, asked } = given(healthy, { isWatched: () => pages > 0 });
    const streams = createConsoleStreams(collector, () => ({}));
    const open = Array.from({ length: pages }, () => new Page());
    for (const page of open) streams.serve(page as unknown as ServerResponse, Infinity);
    await simulation.run(10_500);
    collector.stop();
    const node = asked.filter(({ path, port }) => path === '/admin/live' && port === topology.nodes[0]!.opsPort);
    return { asked: asked.length, open, ofNode: node.length };
  }
  const [one, many] = [await run(1), await run(20)];
  expect(many.asked).toBe(one.asked);
  expect(many.ofNode).toBe(6);
  // While no page is open, each fifth second is enough for the past.
  expect((await run(0)).asked).toBeLessThan(0.5 * one.asked);
  const { open } = many;
  expect(new Set(open.map(({ text }) => text)).size).toBe(1);
  expect(open[0]!.text.match(/event: snapshot/g)).toHaveLength(11);
});

test('it asks only the nodes of the cluster, so it is live without Prometheus and Grafana', async () => {
  const { simulation, collector, asked } = given(healthy);
  await simulation.run(5_500);
  collector.stop();
  expect(collector.last()!.number).toBe(6);
  const ports = new Set(topology.nodes.flatMap(({ opsPort, publicPort }) => [opsPort, publicPort]));
  expect(asked.filter(({ port }) => !ports.has(port))).toEqual([]);
});

test('a snapshot joins the view, the numbers of each node, and the calls between nodes and components', async () => {
  const { simulation, collector } = given(healthy);
  await simulation.run(8_500);
  const { monitor, nodes, calls, relations, faults } = collector.last()!;
  expect({ monitor, faults }).toEqual({ monitor: 'monitor-1', faults: [] });
  expect(nodes['app-1']).toMatchObject({ state: 'alive', live: { served: { rate: 10, ok: 1 }, busy: 0.01 } });
  expect(nodes['html-1']!.state).toBe('unknown');
  expect(calls).toContainEqual({ from: 'app-1', to: 'html-1', rate: 10, ok: 1, p50: 0.5, p99: 0.99 });
  expect(relations.map(({ from, to }) => `${from} ${to}`)).toContain('app html');
  collector.stop();
});

test('a node that falls silent has no numbers, and a cluster without monitors has no view', async () => {
  const { simulation, collector } = given((path, port, second) =>
    second < 4 ? healthy(path, port, second) : undefined,
  );
  await simulation.run(3_500);
  expect(collector.last()!.nodes['app-1']!.live).toBeDefined();
  await simulation.run(9_500);
  const { monitor, nodes, calls, faults } = collector.last()!;
  expect({ monitor, calls, faults, app: nodes['app-1'] }).toEqual({
    monitor: undefined,
    calls: [],
    faults: null,
    app: { state: 'unknown' },
  });
  collector.stop();
});

test('a page gets the snapshots that it missed; one that does not read is let go; too many are refused', async () => {
  const { simulation, collector } = given(healthy);
  await simulation.run(5_500);
  const streams = createConsoleStreams(collector, () => ({ script: 'x' }));
  const late = new Page();
  streams.serve(late as unknown as ServerResponse, 3);
  expect(late.text.match(/id: \d+/g)).toEqual(['id: 4', 'id: 5', 'id: 6']);
  expect(late.text).toContain('event: incidents\ndata: [{"id":"a"}]');
  // Of a console that was started again, the numbers begin anew.
  const ahead = new Page();
  streams.serve(ahead as unknown as ServerResponse, 900);
  expect(ahead.text.match(/id: \d+/g)).toEqual(['id: 6']);
  late.writableLength = 10 * 1024 * 1024;
  await simulation.run(6_500);
  expect([late.destroyed, ahead.destroyed, streams.open()]).toEqual([true, false, 1]);
  for (let i = 1; i < maxStreams; i++) streams.serve(new Page() as unknown as ServerResponse, Infinity);
  expect(() => streams.requireRoom()).toThrow(/more than 200 pages/);
  collector.stop();
});

test('a death that is shorter than a second is in one snapshot, and only there', async () => {
  const states = ['dead', 'starting', 'alive'] as const;
  const crash = states.map((state, i) => ({ version: 5 + i, node: 'app-1', state }));
  /** Before the second 3, of a monitor that takes over in the second 6, and of the first one again. */
  const views = (second: number) =>
    second === 6
      ? view({ monitor: 'monitor-2', version: 90, changes: crash })
      : view(second < 3 ? { version: 4 } : { version: 7, changes: crash });
  const { simulation, collector } = given((path, port, second) =>
    path === '/api/view' ? views(second) : healthy(path, port, second),
  );
  await simulation.run(9_500);
  collector.stop();
  const seen = collector.history.after(0).map(({ json }) => (JSON.parse(json) as Snapshot).nodes['app-1']!.state);
  expect(seen).toEqual(Array.from({ length: 10 }, (_, second) => (second === 3 ? 'dead' : 'alive')));
});

test('while no page is open, a snapshot waits for slow answers: the next one is five seconds away', async () => {
  const { simulation, collector } = given(healthy, { isWatched: () => false, answerMs: () => 600 });
  await simulation.run(17_500);
  collector.stop();
  expect(collector.last()!.nodes['app-1']).toMatchObject({ state: 'alive', live: { served: { rate: 10, ok: 1 } } });
});

test.each([true, false])('a fault in a hung node stays in the snapshots; a page is open: %s', async (isOpen) => {
  const fault = { id: 'hang', kind: 'stop.hang', remainingMs: 60_000, casualties: ['app-1'], victims: [] };
  const { simulation, collector } = given(
    (path, ...rest) => (path === '/api/chaos/faults' ? [fault] : healthy(path, ...rest)),
    // The controller waits for the hung node, and then says what it knows.
    { isWatched: () => isOpen, answerMs: (path) => (path === '/api/chaos/faults' ? targetPatienceMs + 50 : 0) },
  );
  await simulation.run(60_500);
  collector.stop();
  const after = collector.history.after(0).map(({ json }) => JSON.parse(json) as Snapshot);
  const late = after.filter(({ at }) => at - after[0]!.at > 8_000);
  expect(late.length).toBeGreaterThan(8);
  expect(late.map(({ faults }) => faults?.map(({ id }) => id))).toEqual(late.map(() => ['hang']));
});

/** Alive, but dead in the seconds from 12 to 13. */
const stateOf = (second: number) => (second === 12 || second === 13 ? 'dead' : 'alive');
const ownView = (second: number): View =>
  view({ version: second, members: [{ node: 'app-1', state: stateOf(second), incarnation: 1 }] });
const dying = (path: string, port: number, second: number): unknown =>
  path === '/api/view' ? ownView(second) : healthy(path, port, second);

test('while no page is open, a death and the ten seconds after it are there second by second', async () => {
  const { simulation, collector } = given(dying, { isWatched: () => false, ownView });
  await simulation.run(35_500);
  collector.stop();
  const all = collector.history.after(0).map(({ json }) => JSON.parse(json) as Snapshot);
  const seen = all.map(({ at, nodes }) => [Math.round((at - all[0]!.at) / 1_000), nodes['app-1']!.state] as const);
  const dead = seen.filter(([, state]) => state === 'dead').map(([second]) => second);
  expect(dead).toEqual([12, 13]);
  const seconds = seen.map(([second]) => second).filter((second) => second >= 12);
  expect(seconds.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, i) => 12 + i));
  expect(seconds.slice(12).length).toBeLessThan(4);
});

test('a page that opens gets a new snapshot and new reports at once', async () => {
  let page: Page | undefined;
  const { simulation, collector, asked } = given(healthy, { isWatched: () => page !== undefined });
  const streams = createConsoleStreams(collector, () => ({}));
  await simulation.run(18_300);
  const before = collector.last()!.number;
  asked.length = 0;
  page = new Page();
  streams.serve(page as unknown as ServerResponse, Infinity);
  await simulation.run(18_310);
  collector.stop();
  expect(collector.last()!.number).toBe(before + 1);
  expect(page.text.match(/id: \d+/g)!.at(-1)).toBe(`id: ${before + 1}`);
  expect(asked.map(({ path }) => path)).toEqual(expect.arrayContaining(['/admin/live', '/api/availability']));
});
