import { expect, onTestFinished, test } from 'vitest';
import type { LoadModel } from '../../../loadgen/options/plan.ts';
import { metricsServer, usualPort } from '../../../loadgen/report/metrics-server.ts';

const model: LoadModel = { kind: 'closed', users: 1, thinkMs: { kind: 'none' } };

test('a run has no metrics when the usual port is taken; a port that the user names must be free', async () => {
  // Another run of this machine may have the port already: that is as good.
  const first = await metricsServer(undefined, model, () => undefined);
  onTestFinished(() => first?.close());
  const notes: string[] = [];
  expect(await metricsServer(undefined, model, (text) => notes.push(text))).toBeUndefined();
  expect(notes).toEqual([expect.stringMatching(`\\b${usualPort}\\b.*--metrics-port 0`)]);
  await expect(metricsServer(String(usualPort), model, () => undefined)).rejects.toThrow(`port ${usualPort}`);
});
