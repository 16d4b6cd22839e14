import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataFolder, until } from '../../support/cluster.ts';
import { processTree } from '../../support/process-tree.ts';
import { pages, startRig } from '../vote/rig.ts';

test(
  'a node whose main loop is blocked is killed and restarted; one that is stopped is left alone',
  { timeout: 120_000 },
  async () => {
    const dataDir = await dataFolder(pages);
    const rig = await startRig(dataDir);
    onTestFinished(rig.stop);
    const [blocked, stopped] = ['ranking-1', 'ranking-2'].map((id) => rig.nodes.find((node) => node.id === id)!);
    process.kill(stopped!.pid!, 'SIGSTOP');
    try {
      // In twenty seconds, busy for as long without a pause. Until then the fault's lease is renewed.
      await rig.lie(blocked!.id, 'limp.cpu', { form: 'busy', share: 0.98, periodMs: 20_000 });
      const renewing = setInterval(() => {
        rig.ops(blocked!.id, '/admin/faults/renew', { method: 'POST', body: { owner: 'test' } }).catch(() => undefined);
      }, 1_000);
      onTestFinished(() => clearInterval(renewing));
      const back = await until(async () => {
        const now = await rig.cluster.node(blocked!.id);
        return now.state === 'ready' && now.pid !== blocked!.pid ? now : undefined;
      }, 60_000);
      expect(back!.pid).not.toBe(blocked!.pid);
      expect(rig.cluster.output()).toMatch(
        /ranking-1: its main loop did not answer for 3 s of its own processor time; killed/,
      );
      expect(processTree(stopped!.pid!)[0]!.state).toBe('T');
    } finally {
      process.kill(stopped!.pid!, 'SIGCONT');
    }
    const log = path.join(rig.cluster.runDir, 'logs', 'ranking-1.log');
    expect(readFileSync(log, 'utf8').match(/"ready"/g)!.length).toBe(2);
    expect(await rig.ordeal(1)).toMatchObject({ wrong: 0, failed: 0 });
  },
);
