import { expect, onTestFinished, test } from 'vitest';
import { createChild } from '../../../shared/cluster/watchdog/child.ts';
import { createRepairs } from '../../../shared/cluster/watchdog/repairs.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { until } from '../../support/cluster.ts';
import { madeTopology } from '../../support/made-topology.ts';

const node = 'process.send({ ready: true }); setInterval(() => undefined, 60_000)';

test('every restart counts, whoever asked for it, and the reason of the last one is known', async () => {
  let incarnations = 0;
  const child = createChild({
    id: 'r-1',
    command: [process.execPath, '-e', node],
    nextIncarnation: () => ++incarnations,
    clock: systemClock,
    scheduler: systemScheduler,
    onChange: () => undefined,
  });
  onTestFinished(() => child.stop(0));
  const topology = madeTopology([{ name: 'r', components: ['ranking'], replicas: 1 }]);
  const { id } = topology.nodes[0]!;
  const watchdog = { child: () => child };
  const repairs = createRepairs({
    topology: () => topology,
    watchdog,
    clock: systemClock,
    wipe: async () => undefined,
  });
  const ready = () => until(() => child.state().state === 'ready');

  child.load();
  child.start();
  await ready();
  expect(child.restarts()).toEqual({ count: 0 });

  process.kill((child.state() as { pid: number }).pid, 'SIGKILL');
  await until(() => child.restarts().count === 1);
  await ready();
  expect(child.restarts()).toEqual({ count: 1, last: 'crash' });
  expect(child.incarnation()).toBe(2);

  expect(await repairs.order({ id: 'o-1', by: 'monitor-1', do: 'restart', node: id })).toMatchObject({
    result: 'done',
  });
  await ready();
  expect(child.restarts()).toEqual({ count: 2, last: 'repair' });

  // Nothing may start while the state is thrown away, however long that takes.
  const between: string[] = [];
  await child.restart('repair', async () => {
    const { state, untilMs } = child.state() as { state: string; untilMs: number };
    await until(() => systemClock.now() > untilMs + 50);
    between.push(state, child.state().state);
  });
  expect(between).toEqual(['backoff', 'backoff']);
  await ready();
  expect(child.restarts()).toEqual({ count: 3, last: 'repair' });

  child.hold();
  await child.kill();
  await until(() => child.state().state === 'held');
  child.release();
  await ready();
  expect(child.restarts()).toEqual({ count: 4, last: 'fault' });

  await child.stop(0);
  child.start();
  await ready();
  expect(child.restarts()).toEqual({ count: 5, last: 'operator' });
  await child.restart('repair', () => child.stop(0));
  expect([child.state().state, child.restarts().count]).toEqual(['stopped', 5]);
  // What the watchdog did itself is nobody's failure.
  expect(child.exits()).toMatchObject([{ exit: 'SIGKILL' }]);
});
