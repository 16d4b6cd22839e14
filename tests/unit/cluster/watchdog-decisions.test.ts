import { expect, test } from 'vitest';
import type { Component } from '../../../shared/cluster/component.ts';
import type { TopologyNode } from '../../../shared/cluster/topology.ts';
import { backoff, onCrash } from '../../../shared/cluster/watchdog/backoff.ts';
import { startWaves } from '../../../shared/cluster/watchdog/start-order.ts';

test('restarts wait twice as long each time, until the process is given up', () => {
  let crashes: readonly number[] = [];
  const delays: (number | string)[] = [];
  for (let i = 0; i < backoff.maxCrashes; i++) {
    const decision = onCrash(crashes, 50, i * 1_000);
    crashes = decision.crashes;
    delays.push(decision.action === 'restart' ? decision.delayMs : decision.action);
  }
  expect(delays).toEqual([100, 200, 400, 800, 'give-up']);
});

test('a process that ran for long starts with a clean slate', () => {
  expect(onCrash([1, 2, 3, 4], backoff.stableAfterMs, 20_000)).toMatchObject({
    action: 'restart',
    delayMs: backoff.firstDelayMs,
  });
});

test('crashes further apart than the window never make a crash loop', () => {
  let crashes: readonly number[] = [];
  for (let i = 1; i < 50; i++) {
    const decision = onCrash(crashes, 9_000, i * 20_000);
    expect(decision.action).toBe('restart');
    crashes = decision.crashes;
  }
});

test('nodes start after everything that they call', () => {
  const components = Object.fromEntries(
    Object.entries({ top: ['middle'], middle: ['data', 'helper'], helper: ['data'], data: [] }).map(([name, calls]) => [
      name,
      { calls: Object.fromEntries(calls.map((callee) => [callee, {}])) } as unknown as Component,
    ]),
  );
  const node = (id: string, ...hosted: string[]) => ({ id, components: hosted }) as unknown as TopologyNode;
  const waves = startWaves(
    [node('t', 'top'), node('h', 'helper', 'data'), node('m', 'middle'), node('d1', 'data'), node('d2', 'data')],
    components,
  );
  expect(waves.map((wave) => wave.map(({ id }) => id))).toEqual([['d1', 'd2'], ['h'], ['m'], ['t']]);
});
