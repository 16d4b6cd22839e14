import { mkdirSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, onTestFinished } from 'vitest';
import { createChild, type Child } from '../../../shared/cluster/watchdog/child.ts';
import { createPauseGuards } from '../../../shared/cluster/watchdog/pause-guards.ts';
import { createProcesses } from '../../../shared/cluster/watchdog/processes.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { isAlive, until } from '../../support/cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A process that says what nodes say, and does nothing else; its command line looks like a node's. */
function start(incarnation = 7) {
  const dir = temporaryFolder();
  const script = path.join(dir, 'node.mjs');
  const said = `{ ready: true, opsPort: process.pid }`;
  writeFileSync(
    script,
    `process.send(${said}); process.on('disconnect', () => process.exit()); setInterval(() => {}, 1000);`,
  );
  const make = (own: number): Child =>
    createChild({
      id: 'node-1',
      command: [process.execPath, script, 'run-node', 'node-1', 'x'],
      logFile: path.join(dir, 'log'),
      nextIncarnation: () => own,
      clock: systemClock,
      scheduler: systemScheduler,
      onChange: () => undefined,
    });
  const child = make(incarnation);
  const stateDir = path.join(dir, 'state');
  const processes = createProcesses({
    child: (id) => (id === 'node-1' ? child : undefined),
    newTwin: (_id, of) => make(of),
    stateDir: () => stateDir,
    pauseGuards: createPauseGuards(),
    clock: systemClock,
    scheduler: systemScheduler,
  });
  onTestFinished(async () => {
    await processes.stop();
    child.release();
    await child.stop(1_000);
  });
  child.start();
  const ready = () => until(() => child.state().state === 'ready');
  return { dir, child, stateDir, ready, act: processes.act, twins: processes.twins };
}

const pidOf = (child: Child): number => (child.state() as { pid: number }).pid;

test('while a node is held nobody starts it; release does, at once, and it is no crash', async () => {
  const { child, act, ready } = start();
  await ready();
  await act('node-1', { do: 'hold' });
  await act('node-1', { do: 'kill' });
  expect(child.state().state).toBe('held');
  child.start();
  expect(child.state().state).toBe('held');
  await act('node-1', { do: 'release' });
  await ready();
  // Six deaths in a row would be a crash loop, were they crashes.
  for (let i = 0; i < 6; i++) {
    for (const step of ['hold', 'kill', 'release'] as const) await act('node-1', { do: step });
    await ready();
  }
});

test('losing its state empties the folder of the node and nothing else', async () => {
  const { dir, stateDir, act, ready } = start();
  await ready();
  mkdirSync(stateDir);
  writeFileSync(path.join(stateDir, 'pages'), 'x');
  await act('node-1', { do: 'wipe' });
  expect([existsSync(stateDir), existsSync(path.join(dir, 'log'))]).toEqual([false, true]);
});

test('a twin has the incarnation of the process that it copies, and is gone after untwin', async () => {
  const { child, act, twins, ready } = start(41);
  await ready();
  await act('node-1', { do: 'twin' });
  const twin = (await until(() => twins()[0]))!;
  expect(twin.pid).not.toBe(pidOf(child));
  expect(twin.opsPort).toBe(twin.pid);
  await act('node-1', { do: 'untwin' });
  await until(() => !isAlive(twin.pid));
  expect([twins(), child.state().state]).toEqual([[], 'ready']);
});
