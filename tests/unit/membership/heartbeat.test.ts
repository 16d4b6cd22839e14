import { expect, test } from 'vitest';
import { datagramAddressOf, maxDatagramBytes } from '../../../shared/membership/heartbeat-wire.ts';
import { saw, viewOf, world } from './heartbeat-world.ts';

test('a monitor that is silent changes nothing about the rhythm towards the other', async () => {
  const { network, node, run, monitor } = world();
  network.block('r-1', 'm-1');
  node('r-1');
  await run(10_100);
  expect(monitor('m-1').beats).toEqual([]);
  // The first beat learns the name of the monitor's process; it is repeated at once, and counts from then on.
  expect(monitor('m-2').beats.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
});

test('the first monitor that answers is believed, then the second, then the last view for good', async () => {
  const { network, node, run } = world();
  const sender = node('r-1');
  await run(1_000);
  expect(sender.view()?.monitor).toBe('m-1');
  network.block('m-1', 'r-1');
  await run(3_000);
  expect(sender.view()?.monitor).toBe('m-2');
  network.block('m-2', 'r-1');
  await run(60_000);
  expect(sender.view()?.monitor).toBe('m-2');
  network.heal();
  await run(1_000);
  expect(sender.view()?.monitor).toBe('m-1');
});

test('while a restarted monitor gives out no view, nodes follow the other one, or keep the last view', async () => {
  const { network, node, run, monitor } = world();
  const sender = node('r-1');
  await run(1_000);
  monitor('m-1').view = undefined;
  monitor('m-1').restart();
  monitor('m-2').view = viewOf('m-2', 7);
  await run(2_000);
  expect(sender.view()).toEqual(viewOf('m-2', 7));
  network.block('m-2', 'r-1');
  await run(5_000);
  expect(sender.view()).toEqual(viewOf('m-2', 7));
  monitor('m-1').view = viewOf('m-1', 2);
  await run(1_000);
  expect(sender.view()).toEqual(viewOf('m-1', 2));
});

test('a new view is told once, and only where it differs; a change of phase beats at once', async () => {
  const { sent, node, run, monitor } = world();
  const views: number[] = [];
  const sender = node('r-1', { onView: ({ version }) => views.push(version) });
  await run(1_700);
  const told = () => sent.filter((datagram) => datagramAddressOf(datagram)!.kind === 'view').length;
  expect(told()).toBe(2);
  monitor('m-1').view = viewOf('m-1', 2);
  sender.setPhase('ready');
  await run(200);
  expect(views).toEqual([1, 2]);
  expect(monitor('m-1').beats.at(-1)?.phase).toBe('ready');
  expect(told()).toBe(3);
});

test('a beat without evidence is answered every second time only, and a beat with evidence always', async () => {
  const { sent, node, run } = world();
  const evidence: ReturnType<typeof saw>[] = [];
  node('r-1', { evidence: () => [...evidence] });
  await run(2_100);
  const answersIn = async (ms: number) => {
    const before = sent.length;
    await run(ms);
    return sent.slice(before).filter((datagram) => datagramAddressOf(datagram)!.kind === 'answer').length;
  };
  // Two monitors, ten beats to each.
  expect(await answersIn(5_000)).toBe(10);
  evidence.push(saw('x'));
  expect(await answersIn(5_000)).toBe(20);
});

test('an old view that was overtaken on the way does not override a newer one', async () => {
  const { sent, node, run, monitor } = world();
  const sender = node('r-1');
  await run(1_000);
  const old = sent.filter((datagram) => datagramAddressOf(datagram)!.kind === 'view');
  monitor('m-1').view = viewOf('m-1', 2);
  await run(1_000);
  for (const datagram of old) sender.receive(datagram);
  await run(100);
  expect(sender.view()).toEqual(viewOf('m-1', 2));
});

test('a view of 200 nodes comes in parts, over a network that loses every third datagram', async () => {
  const { network, sent, node, run, monitor } = world();
  network.setLink('*', 'r-1', { drop: 0.33 });
  monitor('m-1').view = viewOf('m-1', 5, 200);
  const sender = node('r-1');
  await run(10_000);
  expect(sender.view()).toEqual(viewOf('m-1', 5, 200));
  for (const { length } of sent) expect(length).toBeLessThanOrEqual(maxDatagramBytes);
});

test.each([
  ['a third is lost', { drop: 0.33 }],
  ['a third comes twice', { duplicate: 0.33 }],
  ['both', { drop: 0.4, duplicate: 0.4 }],
])('where %s, each report arrives once at each monitor', async (_what, link) => {
  const { network, node, run, monitor } = world();
  network.setLink('r-1', '*', link);
  network.setLink('*', 'r-1', link);
  let beats = 0;
  node('r-1', { evidence: () => (beats < 40 ? [saw(`x-${beats++}`)] : []) });
  await run(30_000);
  for (const id of ['m-1', 'm-2']) {
    const names = monitor(id).reports.flatMap(({ evidence }) => evidence.map(({ node: of }) => of));
    expect(names.toSorted()).toEqual(Array.from({ length: 40 }, (_, i) => `x-${i}`).toSorted());
  }
});

test('evidence arrives as it was said, and says how old it is', async () => {
  const { network, node, run, monitor } = world();
  const evidence = [saw('x', { timeouts: 2, medianMs: 1.256, fastestMs: 0.5, group: 'database/1' })];
  node('r-1', { evidence: () => evidence.splice(0) });
  await run(100);
  expect(monitor('m-1').reports).toEqual([
    { number: 1, agoMs: 1, evidence: [saw('x', { timeouts: 2, medianMs: 1.26, fastestMs: 0.5, group: 'database/1' })] },
  ]);
  network.block('r-1', 'm-1');
  evidence.push(saw('y'));
  await run(1_200);
  network.heal();
  await run(500);
  expect(monitor('m-1').reports[1]).toMatchObject({ agoMs: 1_000, evidence: [{ node: 'y' }] });
});

test('evidence about 100 nodes goes over several datagrams of at most 1,200 bytes', async () => {
  const { sent, node, run, monitor } = world();
  const many = Array.from({ length: 100 }, (_, i) => saw(`a-rather-long-name-${i}`, { medianMs: 12.34, shed: i }));
  node('r-1', { evidence: () => many.splice(0) });
  await run(2_000);
  expect(monitor('m-2').reports.flatMap(({ evidence }) => evidence)).toHaveLength(100);
  for (const { length } of sent) expect(length).toBeLessThanOrEqual(maxDatagramBytes);
});

test('for a monitor that is away, a bounded number of reports waits, and none for longer than 5 s', async () => {
  const { network, sent, node, run, monitor } = world();
  node('r-1', { evidence: () => [saw('x'), saw('y')] });
  await run(1_000);
  network.block('r-1', 'm-1');
  await run(60_000);
  const before = sent.length;
  await run(1_000);
  expect(sent.length - before).toBeLessThan(30);
  monitor('m-1').reports.length = 0;
  network.heal();
  await run(600);
  expect(monitor('m-1').reports.length).toBeGreaterThan(8);
  for (const { agoMs } of monitor('m-1').reports) expect(agoMs).toBeLessThanOrEqual(5_000);
});
