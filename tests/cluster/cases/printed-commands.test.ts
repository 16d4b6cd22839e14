import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../../../cli/paths.ts';
import { dataFolder, freePortBase, tierlab, until } from '../../support/cluster.ts';
import { processTree } from '../../support/process-tree.ts';
import { clusterForAll, twoPages } from '../../support/two-pages.ts';

const dataDir = await dataFolder(twoPages);

/** Runs words that were printed as a shell would. */
function paste(command: string): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  return { code: status, said: stdout + stderr };
}

test('Q5: every command that is printed works when it is pasted', { timeout: 120_000 }, async () => {
  const odd = await dataFolder(twoPages);
  const dir = path.join(odd, "it's mine");
  renameSync(odd, `${odd}-kept`);
  mkdirSync(odd);
  renameSync(`${odd}-kept`, dir);
  const portBase = String(await freePortBase());
  const flags = ['--data', dir, '--port-base', portBase];
  const up = ['up', '--topology', 'tiny', '--chaos', '--detach', ...flags];
  const started = await tierlab(...up);
  const stops = /This stops it: (.*)$/m.exec(started.stderr)![1]!;
  try {
    const again = await tierlab(...up);
    expect(again.code).toBe(1);
    expect(/This stops it: (.*)$/m.exec(again.stderr)![1]).toBe(stops);
    const injected = await until(async () => {
      const fault = ['none', '--target', 'html-1', '--ttl', '1m', '--abort-error-share', '1', '--beyond-tolerance'];
      const result = await tierlab('chaos', 'inject', ...fault, ...flags);
      return result.code === 0 ? result.stdout : undefined;
    });
    const [shows, heals] = [/what it does: +(.*)$/m, /this ends it: +(.*)$/m].map((it) => it.exec(injected!)![1]!);
    expect(paste(shows!)).toMatchObject({ code: 0, said: expect.stringContaining('html-1') });
    expect(paste(heals!)).toMatchObject({ code: 0, said: expect.stringContaining('is healed') });
  } finally {
    expect(paste(stops)).toMatchObject({ code: 0 });
  }
  const silent = await tierlab('status', '--port-base', portBase);
  const starts = /This starts one: (.*)$/m.exec(silent.stderr)![1]!;
  expect(paste(`${starts} --topology tiny --detach --data '${dataDir}'`)).toMatchObject({ code: 0 });
  expect(await tierlab('down', '--data', dataDir, '--port-base', portBase)).toMatchObject({ code: 0 });
});

describe('with a watchdog that is stopped', () => {
  const cluster = clusterForAll(dataDir, 'single-server');
  const state = () => processTree(cluster().process.pid!)[0]?.state;

  test.each([
    ['status', []],
    ['search', ['dog']],
    ['incidents', []],
    ['chaos', ['list', '--data']],
    ['down', ['--data']],
  ] as const)('Q6: "%s %j" names it, quickly, and the command that lets it go on', async (command, more) => {
    cluster().process.kill('SIGSTOP');
    onTestFinished(() => void cluster().process.kill('SIGCONT'));
    await until(() => state() === 'T');
    const askedAt = performance.now();
    const words = more.flatMap((word) => (word === '--data' ? ['--data', dataDir] : [word]));
    const { code, stderr } = await tierlab(command, ...words, '--port-base', String(cluster().portBase));
    expect(performance.now() - askedAt).toBeLessThan(6_000);
    expect(code).toBe(1);
    expect(stderr).toContain(`process ${cluster().process.pid}`);
    const goesOn = /This lets it go on: (.*)$/m.exec(stderr)![1]!;
    expect(paste(goesOn).code).toBe(0);
    await until(() => state() !== 'T');
  });
});
