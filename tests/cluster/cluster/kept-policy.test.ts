import { expect, onTestFinished, test } from 'vitest';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';
import { createWatchdog } from '../../../shared/cluster/watchdog/watchdog.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { until } from '../../support/cluster.ts';
import { madeTopology } from '../../support/made-topology.ts';

const naive = resolvePolicy('naive');

/** A process that is ready when its turn comes, and that SIGUSR2 changes to the naive policy. */
const node = `
  process.on('message', ({ go }) => go && process.send({ ready: true }));
  process.on('SIGUSR2', () => process.send({ policy: ${JSON.stringify(naive)} }));
`;

/** A watchdog of four equal nodes, of which three run, one of them with the naive policy. */
async function threeOfFour() {
  const topology = madeTopology([{ name: 'r', components: ['ranking'], replicas: 4, started: 3 }]);
  let incarnations = 0;
  const watchdog = createWatchdog({
    topology,
    nodes: topology.nodes,
    components: () => Promise.resolve({}),
    command: [process.execPath, '-e', node],
    args: () => [],
    nextIncarnation: () => ++incarnations,
    clock: systemClock,
    scheduler: systemScheduler,
    onChange: () => undefined,
  });
  onTestFinished(() => watchdog.stop());
  const child = (id: string) => watchdog.child(id)!;
  const change = async (id: string) => {
    child(id).signal('SIGUSR2');
    await until(() => child(id).policy() !== undefined);
  };
  await watchdog.start(AbortSignal.timeout(20_000));
  await change('r-1');
  return { watchdog, child, change };
}

test('a node that joins has the policy of the running nodes with the same work, where they agree', async () => {
  const { child, change } = await threeOfFour();
  child('r-4').start();
  expect(child('r-4').policy()).toBeUndefined();
  await child('r-4').stop(1_000);
  child('r-4').leave();

  await child('r-3').stop(1_000);
  await change('r-2');
  child('r-4').start();
  expect(child('r-4').policy()).toEqual(naive);
});

test('a node that was only stopped keeps its policy, and one that had left joins again', async () => {
  const { child, change } = await threeOfFour();
  await change('r-2');
  await child('r-3').stop(1_000);
  child('r-3').start();
  expect(child('r-3').policy()).toBeUndefined();
  await child('r-3').stop(1_000);
  child('r-3').leave();
  child('r-3').start();
  expect(child('r-3').policy()).toEqual(naive);
});

test('a twin has the policy of its node', async () => {
  const { watchdog } = await threeOfFour();
  const twin = watchdog.newTwin('r-1', 1);
  onTestFinished(() => twin.stop(1_000));
  twin.start();
  expect(twin.policy()).toEqual(naive);
});
