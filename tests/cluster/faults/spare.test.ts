import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, onTestFinished } from 'vitest';
import { createChild } from '../../../shared/cluster/watchdog/child.ts';
import { createSpare } from '../../../shared/cluster/watchdog/spare.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { dataFolder, startCluster, until } from '../../support/cluster.ts';
import { processTree, stillRunning } from '../../support/process-tree.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dataDir = await dataFolder([{ id: 'heron', title: 'heron', body: 'A grey wading bird.' }]);

const pidOf = (child: { state: () => object }): number => (child.state() as { pid: number }).pid;

/** A node of scripts instead of Tierlab's code: `spare` loads for ever when `loads` is false. */
function scripted(loads: boolean) {
  const dir = temporaryFolder();
  const script = path.join(dir, 'node.mjs');
  const loaded = path.join(dir, 'loaded');
  writeFileSync(
    script,
    `import fs from 'node:fs';
     process.on('disconnect', () => process.exit());
     process.on('message', ({ become }) => become && process.send({ ready: true, ...become }));
     process.send(process.argv[2] === 'node' ? { ready: true } : ${loads ? '{ spare: true }' : '{}'}, () =>
       process.argv[2] === 'node' || fs.writeFileSync('${loaded}', ''));`,
  );
  const spare = createSpare({ command: [process.execPath, script], env: {}, scheduler: systemScheduler });
  let incarnation = 0;
  const child = createChild({
    id: 'node-1',
    command: [process.execPath, script, 'node', 'node-1'],
    args: ['node-1'],
    spare,
    env: () => ({ SECRET: 'of node-1', NOT_FOR_IT: undefined }),
    logFile: path.join(dir, 'log'),
    nextIncarnation: () => ++incarnation,
    clock: systemClock,
    scheduler: systemScheduler,
    onChange: () => undefined,
  });
  onTestFinished(() => child.stop(1_000));
  onTestFinished(() => spare.stop());
  const children = () => processTree(process.pid).filter(({ command }) => command.includes(script));
  return { dir, child, spare, children, spareSaid: () => existsSync(loaded) };
}

test('a node that ends is started again in the spare process, under its own name and incarnation', async () => {
  const { child, spare, children, dir, spareSaid } = scripted(true);
  child.start();
  await until(() => child.state().state === 'ready');
  spare.prepare();
  await until(() => children().length === 2);
  const before = pidOf(child);
  const waiting = children().find(({ pid }) => pid !== before);
  await until(spareSaid);
  child.signal('SIGKILL');
  await until(() => child.state().state === 'ready' && pidOf(child) !== before);
  expect(pidOf(child)).toBe(waiting!.pid);
  expect(child.incarnation()).toBe(2);
  expect(child.readyMessage()).toMatchObject({
    args: ['node-1'],
    env: { TIERLAB_INCARNATION: '2', SECRET: 'of node-1', NOT_FOR_IT: null },
    logFile: path.join(dir, 'log'),
  });
  // The next spare is loaded for the next node that ends.
  await until(() => children().length === 2);
});

test('while the spare process still loads, a node that ends is started as at first', async () => {
  const { child, spare, children, spareSaid } = scripted(false);
  child.start();
  await until(() => child.state().state === 'ready');
  spare.prepare();
  await until(spareSaid);
  const before = children().map(({ pid }) => pid);
  child.signal('SIGKILL');
  await until(() => child.state().state === 'ready' && !before.includes(pidOf(child)));
});

test('a node that an operator restarts runs the code that is on the disk now, and so does the next spare', async () => {
  const { child, spare, children, spareSaid } = scripted(true);
  child.start();
  await until(() => child.state().state === 'ready');
  spare.prepare();
  await until(spareSaid);
  const old = children().map(({ pid }) => pid);
  await child.restart('operator');
  await until(() => child.state().state === 'ready');
  expect(old).not.toContain(pidOf(child));
  await until(() => children().length === 2 && children().every(({ pid }) => !old.includes(pid)));
});

test('the process that was killed is replaced by the spare one, which logs and answers as the node', async () => {
  const cluster = await startCluster({ dataDir, topology: 'single-server' });
  onTestFinished(async () => void (await cluster.stop()));
  const spares = () => processTree(cluster.process.pid!).filter(({ command }) => command.endsWith('run-spare'));
  await until(() => spares().length === 1, 10_000);
  const [spare] = spares();
  const environment = readFileSync(`/proc/${spare!.pid}/environ`, 'latin1');
  expect(environment).not.toMatch(/TIERLAB_(NODE_KEY|HEARTBEAT|PROCESSING|OPERATOR_TOKEN)/);
  // Once it has loaded, it neither runs nor waits for a processor.
  let scheduled = '';
  let since = 0;
  await until(() => {
    const now = readFileSync(`/proc/${spare!.pid}/schedstat`, 'utf8');
    if (now !== scheduled) [scheduled, since] = [now, performance.now()];
    return performance.now() - since > 200;
  });
  const successor = async () => {
    const [node] = await cluster.nodes();
    return node!.state === 'ready' ? node!.pid : undefined;
  };
  const first = await successor();
  process.kill(first!, 'SIGKILL');
  await until(async () => ![undefined, null, first].includes(await successor()), 15_000);
  expect(await successor()).toBe(spare!.pid);
  const answer = (await (await fetch(`${cluster.gateway}/api/search?q=heron`)).json()) as { total: number };
  expect(answer.total).toBe(1);
  const log = readFileSync(path.join(cluster.runDir, 'logs', 'server-1.log'), 'utf8');
  expect(log.match(/"msg":"ready"/g)).toHaveLength(2);
  const before = processTree(cluster.process.pid!);
  await cluster.stop();
  await until(() => stillRunning(before).length === 0);
});
