import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withLock } from '../../../corpus/lock.ts';
import { codeOf } from './helpers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const lockModule = new URL('../../../corpus/lock.ts', import.meta.url).href;

test('one holder at a time, and all get their turn', async () => {
  const dataDir = temporaryFolder();
  let holders = 0;
  let most = 0;
  const turn = () =>
    withLock(dataDir, {}, async () => {
      most = Math.max(most, ++holders);
      await new Promise(setImmediate);
      holders--;
    });
  await Promise.all(Array.from({ length: 8 }, turn));
  expect(most).toBe(1);
  expect(readdirSync(dataDir)).toEqual([]);
});

test('the lock is given back when the work fails', async () => {
  const dataDir = temporaryFolder();
  await expect(withLock(dataDir, {}, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await withLock(dataDir, {}, async () => 'mine')).toBe('mine');
});

test('another process is waited for, by name, and no longer than wanted', async () => {
  const dataDir = temporaryFolder();
  const holder = await startHolder(dataDir);
  try {
    const stop = new AbortController();
    let told = '';
    const work = withLock(
      dataDir,
      { signal: stop.signal, onWait: (who) => ((told = who ?? 'nobody'), stop.abort()) },
      async () => 'mine',
    );
    expect(await codeOf(work)).toBe('cancelled');
    expect(told).toMatch(new RegExp(`^${holder.pid} on `));
  } finally {
    holder.kill('SIGKILL');
  }
});

test('a holder that is killed leaves no lock behind', async () => {
  const dataDir = temporaryFolder();
  const holder = await startHolder(dataDir);
  const waiting = withLock(dataDir, {}, async () => 'mine');
  holder.kill('SIGKILL');
  expect(await waiting).toBe('mine');
});

/** A process that holds the lock until it is killed. */
async function startHolder(dataDir: string) {
  const program = `
    import { withLock } from ${JSON.stringify(lockModule)};
    await withLock(${JSON.stringify(dataDir)}, {}, () => new Promise(() => {
      process.stdout.write('held');
      setInterval(() => {}, 1000);
    }));
  `;
  const holder = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}
