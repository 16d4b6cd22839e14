import { expect, test } from 'vitest';
import type { LabResult } from '../../labs/runner/result.ts';
import { commandIn } from './cluster.ts';
import type { Engine } from './engine.ts';

/** A lab in a container beside the cluster, which has TIERLAB_CHAOS=1 and is well. */
export function attachingLabs(engine: Engine): void {
  const { jsonOf, nodes } = commandIn(engine, 'control-1');
  const query1 = async () => (await nodes()).find(({ id }) => id === 'query-1')!;

  /** A busy machine refuses to start a lab, so it is tried again. */
  async function run(...args: readonly string[]) {
    const giveUpAt = performance.now() + 60_000;
    for (;;) {
      const ended = await engine.compose('run', '--rm', '-T', 'labs', ...args);
      if (!/too busy|not well/.test(ended.stderr) || ended.stdout !== '' || performance.now() > giveUpAt) return ended;
    }
  }

  test('a lab hangs a node in another container, and puts everything back', async () => {
    const [policies, before] = [await jsonOf('policy'), await query1()];
    const { code, stdout, stderr } = await run('25', '--attach', '--yes', '--json');
    // On a busy machine a figure may be UNKNOWN, but it is never wrong.
    expect([0, 2], stderr).toContain(code);
    const { checks, command } = JSON.parse(stdout) as LabResult;
    expect(command).toBe('npm run lab -- 25 --attach');
    expect(checks.find(({ label }) => label.includes('restarts the node'))).toMatchObject({ verdict: 'PASS' });
    expect(stderr).toContain('Grafana: http://127.0.0.1:3000/d/tierlab-incidents');
    expect((await query1()).pid).not.toBe(before.pid);
    expect(await jsonOf('policy')).toEqual(policies);
    expect(await jsonOf('chaos', 'list')).toEqual([]);
  });
}
