import { expect, test } from 'vitest';
import type { Child, ChildState } from '../../../shared/cluster/watchdog/child.ts';
import { mainThreadCpuMs, stepLoop, watchLoops, type LoopState } from '../../../shared/cluster/watchdog/loop-check.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

const quiet: LoopState = { state: 'quiet', cpuMs: 1_000, at: 0 };
const asked: LoopState = { state: 'asked', cpuMs: 1_000 };

test.each([
  ['not known yet', undefined, { cpuMs: 9_000, now: 1_000 }, 'nothing'],
  ['idle', quiet, { cpuMs: 1_010, now: 1_000 }, 'nothing'],
  ['hardly busy', quiet, { cpuMs: 1_090, now: 1_000 }, 'nothing'],
  ['busy', quiet, { cpuMs: 1_100, now: 1_000 }, 'ask'],
  ['asked, and has answered', asked, { cpuMs: 9_000, now: 9_000, answered: true }, 'nothing'],
  ['asked, and uses little time: stopped, or starved', asked, { cpuMs: 1_300, now: 60_000 }, 'nothing'],
  ['asked, not for long', asked, { cpuMs: 3_990, now: 6_000 }, 'nothing'],
  ['asked, and works on without an answer', asked, { cpuMs: 4_000, now: 6_000 }, 'kill'],
] as const)('a loop that is %s', (_, state, look, expected) => {
  expect(stepLoop(state, { answered: false, ...look }).do).toBe(expected);
});

/** A process whose main thread uses `share` of a core, and answers unless it is blocked. */
function watched(process: { share: number; blocked: boolean }) {
  const sim = createSimulation('loops');
  const killed: string[] = [];
  let state: ChildState = { state: 'ready', pid: 7, since: 0 };
  let used = 0;
  sim.scheduler.every(10, () => (used += 10 * process.share));
  const child = {
    id: 'ranking-1',
    state: () => state,
    ask: (onAnswer: () => void) => void (process.blocked || sim.scheduler.after(1, onAnswer)),
    signal: () => ((state = { state: 'backoff', untilMs: 0, exit: 'SIGKILL' }), true),
  } as unknown as Child;
  watchLoops({ children: () => [child], ...sim, cpuMs: () => used, onKill: (text) => killed.push(text) });
  return { sim, killed };
}

test.each([
  ['blocked', { share: 1, blocked: true }, 1],
  ['blocked, and gets a fifth of a core from a busy machine', { share: 0.2, blocked: true }, 1],
  ['turning, but hardly gets any time to answer', { share: 0.05, blocked: true }, 0],
  ['stopped', { share: 0, blocked: true }, 0],
  ['as busy as can be, but turning', { share: 1, blocked: false }, 0],
])('in a minute a process that is %s is killed %o %i times', async (_, process, times) => {
  const { sim, killed } = watched(process);
  await sim.run(60_000);
  expect(killed).toHaveLength(times);
  if (times > 0) expect(killed[0]).toMatch(/\branking-1\b.*\b3 s\b/);
});

test('a blocked loop is killed after its own three seconds, even if it is stopped for an hour meanwhile', async () => {
  const process = { share: 1, blocked: true };
  const { sim, killed } = watched(process);
  await sim.run(2_500);
  process.share = 0;
  await sim.run(3_600_000);
  expect(killed).toEqual([]);
  process.share = 1;
  await sim.run(3_605_000);
  expect(killed).toHaveLength(1);
});

test.runIf(process.platform === 'linux')('the processor time of the main thread is read from the kernel', () => {
  const used = mainThreadCpuMs(process.pid)!;
  expect(used).toBeGreaterThan(0);
  expect(used).toBeLessThanOrEqual(process.uptime() * 1_000 + 1_000);
  expect(mainThreadCpuMs(2 ** 22 + 1)).toBeUndefined();
});
