import type { KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import { noEvidence, type CallEvidence } from '../../../shared/membership/call-evidence.ts';
import { createHeartbeatReceiver, type Heartbeat } from '../../../shared/membership/heartbeat-receiver.ts';
import { addressOf, maxDatagramBytes, open, seal } from '../../../shared/membership/heartbeat-wire.ts';
import { startHeartbeatSender, type HeartbeatSender } from '../../../shared/membership/heartbeat.ts';
import type { View } from '../../../shared/membership/view.ts';
import { incarnationKey, pairKey } from '../../../shared/security/heartbeat-keys.ts';
import { createNetwork } from '../../../shared/time/sim/network.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

const secret = new Uint8Array(32).fill(5);
const viewOf = (monitor: string, version: number, members = 0): View => ({
  monitor,
  version,
  members: Array.from({ length: members }, (_, i) => ({ node: `node-${i}`, state: 'alive', incarnation: i })),
});
const saw = (node: string, more: Partial<CallEvidence> = {}): CallEvidence => ({
  ...noEvidence,
  node,
  group: 'ranking',
  ok: 3,
  ...more,
});

interface Listener {
  readonly beats: Heartbeat[];
  readonly reports: { readonly evidence: readonly CallEvidence[]; readonly agoMs: number }[];
  readonly refused: string[];
  view: View;
  /** The process ends, and another one takes its place. */
  restart: () => void;
  receive: (datagram: Uint8Array, answer: (datagram: Uint8Array) => void) => void;
}

/** Nodes and two monitors over a virtual network that loses, repeats and delays what it is told to. */
function world() {
  const sim = createSimulation('heartbeats');
  const network = createNetwork({ scheduler: sim.scheduler, random: sim.random });
  const sent: Uint8Array[] = [];
  const listeners = new Map(['m-1', 'm-2'].map((id) => [id, listener(id)]));

  function listener(id: string): Listener {
    const keys = new Map(['r-1', 'r-2'].map((node) => [node, pairKey(secret, node, id)]));
    let life = 0;
    const it: Listener = {
      beats: [],
      reports: [],
      refused: [],
      view: viewOf(id, 1),
      receive: () => undefined,
      restart() {
        it.receive = createHeartbeatReceiver({
          monitor: id,
          process: `${id} ${++life}`,
          keys,
          heard: (beat) => it.beats.push(beat) > 0,
          reported: (_node, _incarnation, news) => void it.reports.push(...news),
          view: () => it.view,
          onRefused: (why) => void it.refused.push(why),
        });
      },
    };
    it.restart();
    return it;
  }

  function node(
    id: string,
    more: Partial<Parameters<typeof startHeartbeatSender>[0]> & { process?: string } = {},
  ): HeartbeatSender {
    const { incarnation = 7 } = more;
    const monitors = new Map<string, KeyObject>(
      [...listeners.keys()].map((to) => [to, incarnationKey(pairKey(secret, id, to), incarnation)]),
    );
    const sender: HeartbeatSender = startHeartbeatSender({
      node: id,
      incarnation,
      process: `${id} process`,
      monitors,
      clock: sim.clock,
      scheduler: sim.scheduler,
      send(monitor, datagram) {
        sent.push(datagram);
        const back = (answer: Uint8Array) => {
          sent.push(answer);
          network.send(monitor, id, () => sender.receive(answer));
        };
        network.send(id, monitor, () => listeners.get(monitor)!.receive(datagram, back));
      },
      ...more,
    });
    return sender;
  }
  const run = (ms: number) => sim.run(sim.clock.now() + ms);
  return { sim, network, sent, node, run, monitor: (id: string) => listeners.get(id)! };
}

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

test('a new view is told once, and only where it differs; a change of phase beats at once', async () => {
  const { sent, node, run, monitor } = world();
  const views: number[] = [];
  const sender = node('r-1', { onView: ({ version }) => views.push(version) });
  await run(1_700);
  const told = () => sent.filter((datagram) => addressOf(datagram)!.kind === 'view').length;
  expect(told()).toBe(2);
  monitor('m-1').view = viewOf('m-1', 2);
  sender.setPhase('ready');
  await run(200);
  expect(views).toEqual([1, 2]);
  expect(monitor('m-1').beats.at(-1)?.phase).toBe('ready');
  expect(told()).toBe(3);
});

test('an old view that was overtaken on the way does not override a newer one', async () => {
  const { sent, node, run, monitor } = world();
  const sender = node('r-1');
  await run(1_000);
  const old = sent.filter((datagram) => addressOf(datagram)!.kind === 'view');
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

/** A beat as somebody would forge it. */
function forged(more: { key?: KeyObject; node?: string; incarnation?: number; monitorProcess?: string } = {}) {
  const { node = 'r-1', incarnation = 7, monitorProcess = 'm-1 1' } = more;
  const { key = incarnationKey(pairKey(secret, node, 'm-1'), incarnation) } = more;
  const head = { process: 'p', monitorProcess, sequence: 1, phase: 'ready', viewVersion: 0 } as const;
  return seal(key, { kind: 'beat', node, monitor: 'm-1', incarnation, number: 1 }, head);
}

test.each([
  ['with no key of this cluster', forged({ key: pairKey(new Uint8Array(32), 'r-1', 'm-1') })],
  ['with the key of another node', forged({ key: incarnationKey(pairKey(secret, 'r-2', 'm-1'), 7) })],
  ['with the key for another monitor', forged({ key: incarnationKey(pairKey(secret, 'r-1', 'm-2'), 7) })],
  ['with the key of another incarnation', forged({ key: incarnationKey(pairKey(secret, 'r-1', 'm-1'), 6) })],
  ['of a node that does not exist', forged({ node: 'x-1' })],
  ['with one bit changed', forged().map((byte, i) => (i === 40 ? byte ^ 1 : byte))],
  ['cut short', forged().subarray(0, 30)],
  ['that is empty', new Uint8Array()],
  ['of 64 kB', new Uint8Array(65_507)],
  ['that is text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
])('a datagram %s is neither heard nor answered', (_what, datagram) => {
  const { monitor } = world();
  const answers: unknown[] = [];
  monitor('m-1').receive(datagram, (answer) => answers.push(answer));
  expect([monitor('m-1').beats, answers, monitor('m-1').refused]).toEqual([[], [], ['not genuine']]);
});

test('who records datagrams and sends them again is not heard: not at once, not later, not by the next monitor', async () => {
  const { sent, node, run, monitor } = world();
  const first = node('r-1', { evidence: () => [saw('x')] });
  await run(5_100);
  const recorded = sent.filter((datagram) => ['beat', 'evidence'].includes(addressOf(datagram)!.kind));
  const replay = () => {
    const { beats, reports, receive } = monitor('m-1');
    const before = [beats.length, reports.length];
    for (const datagram of recorded) receive(datagram, () => undefined);
    expect([beats.length, reports.length]).toEqual(before);
  };
  replay();
  first.stop();
  node('r-1', { incarnation: 8, process: 'another' });
  await run(5_000);
  replay();
  monitor('m-1').restart();
  replay();
  await run(1_000);
  expect(monitor('m-1').beats.at(-1)?.incarnation).toBe(8);
});

test('answers that were recorded are no sign of life of a monitor', async () => {
  const { network, sent, node, run } = world();
  const sender = node('r-1');
  await run(2_000);
  const recorded = sent.filter((datagram) => addressOf(datagram)!.kind === 'answer');
  network.block('m-1', 'r-1');
  for (let i = 0; i < 10; i++) {
    await run(500);
    for (const datagram of recorded) sender.receive(datagram);
  }
  expect(sender.view()?.monitor).toBe('m-2');
});

test('a monitor that was restarted is told the name of nobody else, and hears everybody within a beat', async () => {
  const { node, run, monitor } = world();
  node('r-1');
  await run(2_100);
  monitor('m-1').restart();
  const before = monitor('m-1').beats.length;
  await run(500);
  expect(monitor('m-1').beats.length).toBe(before + 1);
});

test('two processes with one identity are both heard: that is how a twin is found', async () => {
  const { node, run, monitor } = world();
  node('r-1', { process: 'original' });
  await run(5_000);
  node('r-1', { process: 'twin' });
  await run(5_000);
  const { beats } = monitor('m-1');
  expect(beats.filter(({ sequence }) => sequence === 2)).toHaveLength(2);
});

test('the same datagram opens with the right key only', () => {
  const key = incarnationKey(pairKey(secret, 'r-1', 'm-1'), 7);
  expect(open(key, forged())).toMatchObject({ kind: 'beat', node: 'r-1', incarnation: 7, head: { phase: 'ready' } });
  expect(open(incarnationKey(pairKey(secret, 'r-1', 'm-1'), 8), forged())).toBeUndefined();
});
