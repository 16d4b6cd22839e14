import { expect, test } from 'vitest';
import type { Experiment } from '../../../services/chaos/experiment.ts';
import { createExperiments } from '../../../services/chaos/experiments.ts';
import type { ExperimentReport } from '../../../services/chaos/run.ts';
import { chaosIsOff } from '../../../shared/faults/chaos-off.ts';
import { nodes } from './nodes.ts';
import { cluster, kill, limp } from './cluster.ts';

const experiment = (change: object = {}, fault: object = {}) =>
  JSON.stringify({
    name: 'a-test',
    summary: 'one kill',
    durationMs: 10_000,
    steadyState: { before: {}, during: {}, after: {} },
    faults: [{ when: { at: 1_000 }, fault: { ...kill, id: undefined, ...fault } }],
    ...change,
  });

test('an experiment whose fault is masked passes', async () => {
  const world = cluster();
  const report = await world.run(experiment());
  expect(report).toMatchObject({ verdict: 'passed', injections: 1, reasons: [], seed: 1 });
  expect(report.recoveryMs).toBeLessThan(200);
  expect(world.inEffect()).toEqual([]);
  expect(world.events()).toEqual([
    'experiment *',
    'undo ranking-1',
    'inject ranking-1',
    'heal ranking-1 done',
    'experiment *',
  ]);
  await world.simulation.run(world.simulation.clock.now() + 60_000);
  expect(world.simulation.pending).toBe(0);
});

test('an experiment whose fault reaches the users fails, and says how', async () => {
  const report = await cluster({ killsHurt: 0.3 }).run(experiment());
  expect(report.verdict).toBe('failed');
  expect(report.reasons.join()).toMatch(/^during: .*\d%/);
});

test('failures at the beginning of a long experiment still count at its end', async () => {
  const report = await cluster({ killsHurt: 0.3 }).run(
    experiment({
      durationMs: 200_000,
      steadyState: { before: {}, during: { errorShareBelow: 0.005 }, after: {} },
      faults: [
        { when: { at: 1_000 }, fault: { ...kill, id: undefined } },
        { when: { at: 180_000 }, fault: { ...limp, id: undefined } },
      ],
    }),
  );
  expect(report.during!.samples).toBeGreaterThan(1_000);
  expect(report.reasons.join()).toMatch(/^during: .*\d%/);
});

test('an experiment is started only where chaos is on, planned anywhere', async () => {
  const ran: string[] = [];
  const execute = async ({ name }: Experiment) => {
    ran.push(name);
    return {} as ExperimentReport;
  };
  const off = createExperiments({ nodes, objectionsTo: cluster({ enabled: false }).controller.objectionsTo, execute });
  expect(() => off.start(experiment())).toThrow(expect.objectContaining({ code: 'conflict', message: chaosIsOff }));
  expect(off.dryRun(experiment())).toMatchObject({ plan: [{ at: 1_000 }], objections: [chaosIsOff] });
  expect([off.list(), ran]).toEqual([[], []]);
  const on = createExperiments({ nodes, objectionsTo: cluster().controller.objectionsTo, execute });
  expect(on.dryRun(experiment()).objections).toEqual([]);
  expect(on.start(experiment())).toMatchObject({ state: 'running' });
  expect(on.dryRun(experiment()).objections).toEqual([expect.stringMatching(/\ba-test\b.*\brunning\b/)]);
});

test('while a fault is in effect, an experiment is refused, with its name and the way out', async () => {
  const { controller, finish } = cluster();
  await finish(controller.inject(limp));
  const execute = async () => ({}) as ExperimentReport;
  const experiments = createExperiments({ nodes, objectionsTo: controller.objectionsTo, execute });
  const refusal = /^f1 \(limp\.latency\) is still in effect: .*chaos heal f1.*chaos halt/;
  const conflict = expect.objectContaining({ code: 'conflict', message: expect.stringMatching(refusal) as string });
  expect(() => experiments.start(experiment())).toThrow(conflict);
  expect(experiments.dryRun(experiment()).objections).toEqual([expect.stringMatching(refusal)]);
  expect(experiments.list()).toEqual([]);
  expect(experiments.start(experiment({}, { beyondTolerance: true }))).toMatchObject({ state: 'running' });
});

test('an experiment that breaks more than is tolerated is refused at once', () => {
  const { controller } = cluster();
  const experiments = createExperiments({
    nodes,
    objectionsTo: controller.objectionsTo,
    execute: async () => ({}) as ExperimentReport,
  });
  const text = experiment({}, { target: { component: 'ranking' } });
  expect(() => experiments.start(text)).toThrow(/\b3 of 3\b.*\branking\b.*\b1\b/);
});

test('an experiment that goes too far is aborted', async () => {
  const world = cluster({ killsHurt: 1 });
  const report = await world.run(
    experiment({ abortIf: { errorShareAbove: 0.3 } }, { ttlMs: 60_000, params: { downMs: 50_000 } }),
  );
  expect(report.verdict).toBe('aborted');
  expect(world.simulation.clock.now()).toBeLessThan(20_000);
  expect(world.inEffect()).toEqual([]);
});

test('an experiment does not begin where the cluster is not steady', async () => {
  const world = cluster({ killsHurt: 1 });
  world.watchdog.inject({ ...kill, target: 'ranking-3', owner: 'somebody', params: { downMs: 4_900 } });
  const report = await world.run(experiment());
  expect(report).toMatchObject({ verdict: 'refused', injections: 0 });
  expect(report.reasons[0]).toMatch(/^before: .*\d%.*\bno answer\b/);
  expect(world.events()).toEqual(['experiment *']);
});

test('an experiment that the rules forbid injects nothing and does not pass', async () => {
  const world = cluster();
  const report = await world.run(experiment({}, { target: { component: 'ranking' } }));
  expect(report).toMatchObject({ verdict: 'failed', injections: 0 });
  expect(report.reasons.join('; ')).toMatch(/\b3 of 3\b.*\branking\b/);
});

test('a cancelled experiment heals everything', async () => {
  const world = cluster();
  const cancel = new AbortController();
  world.simulation.scheduler.after(6_000, () => cancel.abort(new Error('the operator has gone')));
  await expect(world.run(experiment(), cancel.signal)).rejects.toThrow('the operator has gone');
  await world.simulation.run(world.simulation.clock.now() + 100);
  expect(world.inEffect()).toEqual([]);
});
