import { expect, test } from 'vitest';
import type { Heartbeat } from '../../../services/monitor/contract.ts';
import { startHeart } from '../../../shared/membership/heartbeat.ts';
import type { CallEvidence } from '../../../shared/membership/call-evidence.ts';
import type { View } from '../../../shared/membership/view.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

const view = (monitor: string, version: number): View => ({ monitor, version, members: [] });

/** A heart whose monitors answer as told; what they were sent, by monitor. */
function beating(answer: (monitor: string, beat: Heartbeat) => Promise<View | undefined>, more = {}) {
  const sim = createSimulation(1);
  const sent = new Map<string, Heartbeat[]>([
    ['m-1', []],
    ['m-2', []],
  ]);
  const heart = startHeart({
    node: 'r-1',
    incarnation: 7,
    monitors: ['m-1', 'm-2'],
    clock: sim.clock,
    scheduler: sim.scheduler,
    send(monitor, beat) {
      sent.get(monitor)!.push(beat);
      return answer(monitor, beat);
    },
    ...more,
  });
  return { sim, sent: (monitor: string) => sent.get(monitor)!, heart };
}

test('a monitor that does not answer gets three heartbeats at a time, and the others keep their rhythm', async () => {
  const { sim, sent } = beating((monitor) => (monitor === 'm-1' ? new Promise(() => {}) : Promise.resolve(undefined)));
  await sim.run(10_000);
  expect(sent('m-1').map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  expect(sent('m-2').map(({ sequence }) => sequence)).toEqual(Array.from({ length: 21 }, (_, i) => i));
});

test('the first monitor that answers is believed, then the second, then the last view for good', async () => {
  const down = new Set<string>();
  const { sim, heart } = beating(async (monitor) => {
    if (down.has(monitor)) throw new Error('gone');
    return view(monitor, 1);
  });
  await sim.run(1_000);
  expect(heart.view()?.monitor).toBe('m-1');
  down.add('m-1');
  await sim.run(4_000);
  expect(heart.view()?.monitor).toBe('m-2');
  down.add('m-2');
  await sim.run(60_000);
  expect(heart.view()?.monitor).toBe('m-2');
  down.clear();
  await sim.run(61_000);
  expect(heart.view()?.monitor).toBe('m-1');
});

test('what was seen goes along once and to every monitor; nothing seen is nothing sent', async () => {
  const seen: CallEvidence[] = [];
  const { sim, sent } = beating(async () => undefined, { evidence: () => seen.splice(0), token: () => 9 });
  const one = { node: 'x', group: 'g' } as CallEvidence;
  seen.push(one);
  await sim.run(1_200);
  for (const monitor of ['m-1', 'm-2'])
    expect(sent(monitor).map(({ evidence }) => evidence)).toEqual([undefined, [one], undefined]);
  expect(sent('m-1')[0]).toMatchObject({ token: 9, phase: 'starting' });
});

test('more than fit into one heartbeat wait for the next', async () => {
  let seen = Array.from({ length: 100 }, (_, i) => ({ node: `n-${i}`, group: 'g' }) as CallEvidence);
  const { sim, sent } = beating(async () => undefined, { evidence: () => seen.splice(0) });
  await sim.run(1_200);
  expect(sent('m-1').map(({ evidence }) => evidence?.length)).toEqual([64, 36, undefined]);
  seen = [];
});

test('a new view is told once; a change of phase beats at once', async () => {
  const views: number[] = [];
  let version = 1;
  const { sim, sent, heart } = beating(
    async (monitor, beat) => (beat.viewVersion === version ? undefined : view(monitor, version)),
    {
      onView: (news: View) => views.push(news.version),
    },
  );
  await sim.run(1_700);
  version = 2;
  heart.setPhase('ready');
  await sim.run(1_900);
  expect(views).toEqual([1, 2]);
  expect(sent('m-1').at(-1)?.phase).toBe('ready');
  heart.stop();
  await sim.run(9_000);
  expect(sim.pending).toBe(0);
});
