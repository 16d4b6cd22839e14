import type { KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import { datagramAddressOf, open, seal } from '../../../shared/membership/heartbeat-wire.ts';
import { incarnationKey, pairKey } from '../../../shared/security/heartbeat-keys.ts';
import { saw, secret, world } from './heartbeat-world.ts';

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

test('recorded datagrams are never heard: not at once, not later, not by the next monitor', async () => {
  const { sent, node, run, monitor } = world();
  const first = node('r-1', { evidence: () => [saw('x')] });
  await run(5_100);
  const recorded = sent.filter((datagram) => ['beat', 'evidence'].includes(datagramAddressOf(datagram)!.kind));
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
  const recorded = sent.filter((datagram) => datagramAddressOf(datagram)!.kind === 'answer');
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
