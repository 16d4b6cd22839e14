import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { utilisation } from '../../../labs/10-utilisation/lab.ts';
import { isNoisy, judgedWith, watchHost } from '../../../labs/runner/host-noise.ts';
import { labVerdictOf } from '../../../labs/runner/verdict.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';

const calm = { timerLateMs: 1, waitedShare: 0.02 };

test('a failed check is unknown on a noisy machine, with its cause and what to do next', async () => {
  const { checks } = await utilisation.virtual!({ S: 10 }, 'seed', 'broken');
  expect(labVerdictOf(judgedWith(calm, checks))).toBe('FAIL');
  for (const noise of [
    { ...calm, timerLateMs: 11 },
    { ...calm, waitedShare: 0.11 },
  ]) {
    const judged = judgedWith(noise, checks);
    expect(labVerdictOf(judged)).toBe('UNKNOWN');
    expect(judged.find(({ verdict }) => verdict === 'UNKNOWN')).toMatchObject({
      detail: expect.stringMatching(/\btimers\b.*\d ms\b.*\b\d+ ms per second\b/),
      next: expect.any(String),
    });
    expect(judged.filter(({ verdict }) => verdict === 'PASS')).toEqual(checks.filter((it) => it.verdict === 'PASS'));
    // What judges no time has failed all the same.
    const untimed = checks.map((each) => ({ ...each, untimed: true as const }));
    expect(labVerdictOf(judgedWith(noise, untimed))).toBe('FAIL');
  }
});

test.runIf(process.platform === 'linux')(
  'noise counts what the nodes of a lab wait, too',
  { timeout: 20_000 },
  async () => {
    const processor = /Cpus_allowed_list:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
    // Two processes that share one processor wait half of the time, while this one sleeps.
    const script = 'while :; do :; done & while :; do :; done & echo started; wait';
    const nodes = spawn('taskset', ['-c', processor, 'sh', '-c', script], { detached: true });
    try {
      await once(nodes.stdout, 'data');
      const host = watchHost();
      host.pause();
      host.resume(nodes.pid);
      await sleep(systemScheduler, 1_200);
      const noise = host.stop();
      expect(noise.waitedShare).toBeGreaterThan(0.5);
      expect(isNoisy(noise, 'run')).toBe(true);
    } finally {
      process.kill(-nodes.pid!, 'SIGKILL');
    }
  },
);
