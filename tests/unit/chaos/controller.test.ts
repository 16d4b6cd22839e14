import { expect, test } from 'vitest';
import { createController, type Targets } from '../../../services/chaos/controller.ts';
import { parseExperiment, type Experiment } from '../../../services/chaos/experiment.ts';
import { createExperiments } from '../../../services/chaos/experiments.ts';
import { createJournal, type JournalEntry } from '../../../services/chaos/journal.ts';
import { runExperiment, type Report } from '../../../services/chaos/run.ts';
import { createSteadyMeter } from '../../../services/chaos/steady.ts';
import { chaosIsOff } from '../../../shared/faults/chaos-off.ts';
import { faultHost } from '../../../shared/faults/host.ts';
import { createFaultRegistry } from '../../../shared/faults/registry.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { nodes } from './nodes.ts';

/** A cluster in virtual time: a real registry per node and one of the watchdog, 5 ms away, and a probe that feels `stop.kill`. */
function cluster(options: { enabled?: boolean; past?: string[]; killsHurt?: number; injectMs?: number } = {}) {
  const { enabled = true, past = [], killsHurt = 0, injectMs = 5 } = options;
  const simulation = createSimulation(1);
  const { clock, scheduler } = simulation;
  const journal = createJournal(clock, () => undefined, past);
  const down = new Set<string>();
  const unreachable = new Set<string>();
  const registry = (site: 'node' | 'watchdog', id?: string) =>
    createFaultRegistry({
      site,
      clock,
      scheduler,
      answersFor: (target) => (id === undefined ? nodes.some((node) => node.id === target) : target === id),
      host: faultHost({
        callerOf: () => undefined,
        process: async (node, action) =>
          void (action.do === 'kill' ? down.add(node) : action.do === 'release' && down.delete(node)),
      }),
    });
  const watchdog = registry('watchdog');
  const registries = new Map(nodes.map(({ id }) => [id, registry('node', id)]));
  const reach = async (site: string, target: string, tookMs = 5) => {
    await sleep(scheduler, tookMs);
    if (unreachable.has(target)) throw new RpcError('unreachable', `${target} is gone`);
    return site === 'watchdog' ? watchdog : registries.get(target)!;
  };
  const targets: Targets = {
    inject: async (site, fault) => void (await reach(site, fault.target, injectMs)).inject(fault),
    heal: async (site, target, id) => void (await reach(site, target)).heal(id),
    renew: async (owner) => {
      await sleep(scheduler, 5);
      for (const one of [watchdog, ...registries.values()]) one.renew(owner);
    },
    halt: async () => {
      await sleep(scheduler, 5);
      for (const one of [watchdog, ...registries.values()]) one.healAll('halt');
    },
  };
  let probes = 0;
  const probe = async () => {
    await sleep(scheduler, 20);
    if (down.size > 0 && probes++ % 10 < killsHurt * 10) throw new Error('no answer');
  };
  const meter = createSteadyMeter({ clock, scheduler, probe });
  const controller = createController({ owner: 'chaos-1', enabled, nodes, targets, journal, clock, scheduler, meter });
  const inEffect = () =>
    [watchdog, ...registries.values()].flatMap((one) => one.list().map(({ fault }) => `${fault.id}@${fault.target}`));

  /** Lets virtual time pass until `work` is settled, or for `ms`. */
  async function finish<T>(work: Promise<T>, ms = 600_000): Promise<T> {
    const state = { settled: false };
    const over = () => void (state.settled = true);
    work.then(over, over);
    const until = clock.now() + ms;
    while (!state.settled && clock.now() < until) await simulation.run(clock.now() + 50);
    return work;
  }

  return {
    simulation,
    controller,
    journal,
    meter,
    registries,
    watchdog,
    unreachable,
    down,
    inEffect,
    finish,
    events: () => journal.recent().map(({ event, target, end }: JournalEntry) => [event, target, end].filter(Boolean).join(' ')),
    run: (experiment: string, signal = new AbortController().signal) =>
      finish(runExperiment(parseExperiment(experiment), { controller, nodes, meter, journal, clock, scheduler, signal })),
  };
}

const limp = { id: 'f1', kind: 'limp.latency', target: 'ranking-2', ttlMs: 10_000, params: { meanMs: 50 } };
const kill = { id: 'k1', kind: 'stop.kill', target: 'ranking-1', ttlMs: 8_000, params: { downMs: 5_000 } };

test('an injection reaches its victim, keeps its lease, is undone by healing, and the journal tells it in order', async () => {
  const world = cluster();
  await world.finish(world.controller.inject(limp));
  expect(world.inEffect()).toEqual(['f1@ranking-2']);
  await world.simulation.run(8_000);
  expect(world.inEffect()).toEqual(['f1@ranking-2']);
  expect(await world.finish(world.controller.heal('f1'))).toBe(true);
  expect(world.inEffect()).toEqual([]);
  expect(world.events()).toEqual(['undo ranking-2', 'inject ranking-2', 'heal ranking-2 healed']);
  expect(await world.controller.heal('f1')).toBe(false);
  await world.simulation.run(60_000);
  expect(world.simulation.pending).toBe(0);
});

test('when the controller dies, its faults end with their lease, long before their time to live', async () => {
  const world = cluster();
  const { registries, simulation } = world;
  registries.get('ranking-2')!.inject({ ...limp, owner: 'chaos-that-died', ttlMs: 600_000 });
  await simulation.run(7_000);
  expect(world.inEffect()).toEqual([]);
  expect(registries.get('ranking-2')!.history()[0]?.end).toBe('lease');
});

test('a fault that ends by its time to live is forgotten by the controller, too', async () => {
  const world = cluster();
  await world.finish(world.controller.inject({ ...limp, ttlMs: 1_000 }));
  await world.simulation.run(2_000);
  expect(world.controller.list()).toEqual([]);
  expect(world.events().at(-1)).toBe('heal ranking-2 ttl');
  await world.finish(world.controller.inject({ ...limp, id: 'f2' }));
  expect(world.controller.list()).toHaveLength(1);
});

test.each([
  [{ ...limp, ttlMs: undefined }, 'bad_request', /ttlMs is mandatory/],
  [{ ...limp, ttlMs: 1e9 }, 'bad_request', /ttlMs must be <=/],
  [{ ...limp, owner: 'me' }, 'bad_request', /owner|not a known field/],
  [{ ...limp, target: {} }, 'bad_request', /selects nobody/],
  [{ ...limp, target: 'ranking-9' }, 'bad_request', /no node ranking-9/],
  [{ ...limp, kind: 'limp.slow' }, 'bad_request', /not known/],
  [{ ...limp, params: {} }, 'bad_request', /meanMs above 0/],
  [{ ...limp, target: { component: 'ranking' } }, 'conflict', /3 of the 3 of ranking/],
  [{ ...limp, target: 'gateway-1' }, 'conflict', /1 of the 1 of gateway/],
])('%j is refused as %s, and nothing happens', async (request, code, sentence) => {
  const world = cluster();
  const refused = (async () => world.controller.inject(request))();
  await expect(world.finish(refused)).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(sentence) as string }),
  );
  expect([world.inEffect(), world.controller.list()]).toEqual([[], []]);
  expect(world.events().filter((event) => !event.startsWith('refuse'))).toEqual([]);
});

test('a second fault at a time is refused, and both may be had beyond tolerance', async () => {
  const world = cluster();
  await world.finish(world.controller.inject(limp));
  await expect(world.finish(world.controller.inject({ ...limp, id: 'f2', target: 'ranking-3' }))).rejects.toThrow(
    /one fault at a time/,
  );
  await world.finish(world.controller.inject({ ...limp, id: 'f2', target: 'ranking-3', beyondTolerance: true }));
  expect(world.inEffect()).toEqual(['f1@ranking-2', 'f2@ranking-3']);
});

test('nothing is broken on top of what is broken already, unless somebody insists', async () => {
  const world = cluster({ killsHurt: 1 });
  world.down.add('gateway-1');
  await expect(world.finish(world.controller.inject(limp))).rejects.toThrow(/not steady, before anything was broken: 100%/);
  expect([world.inEffect(), world.events().at(-1)]).toEqual([[], expect.stringContaining('refuse')]);
  await world.finish(world.controller.inject({ ...limp, beyondTolerance: true }));
  expect(world.inEffect()).toHaveLength(1);
});

test('where chaos is not enabled nothing can be injected', async () => {
  const world = cluster({ enabled: false });
  await expect(world.finish(world.controller.inject(limp))).rejects.toThrow(/chaos is off.*--chaos/);
  expect(world.inEffect()).toEqual([]);
});

test('a dry run lists victims and objections, and touches nothing', async () => {
  const world = cluster();
  const all = world.controller.dryRun({ ...limp, target: { component: 'ranking' } });
  expect(all.victims).toEqual(['ranking-1', 'ranking-2', 'ranking-3']);
  expect(all.objections.join()).toMatch(/3 of the 3/);
  expect(world.controller.dryRun(limp).objections).toEqual([]);
  const disk = (target: string) => world.controller.dryRun({ ...limp, kind: 'limp.disk', target }).objections.join();
  expect([disk('ranking-2'), disk('database-1-1')]).toEqual([expect.stringMatching(/ranking-2: .*nothing on a disk/), '']);
  await world.simulation.run(1_000);
  expect([world.inEffect(), world.events(), world.simulation.pending]).toEqual([[], [], 0]);
});

test('when one of several victims cannot be reached, none is left broken', async () => {
  const world = cluster();
  world.unreachable.add('database-1-1');
  const request = { ...limp, target: { nodes: ['ranking-1', 'database-1-1'] } };
  await expect(world.finish(world.controller.inject(request))).rejects.toThrow(/database-1-1 is gone/);
  expect([world.inEffect(), world.controller.list()]).toEqual([[], []]);
});

test('a vanished target does not block the healing of the others', async () => {
  const world = cluster();
  await world.finish(world.controller.inject({ ...limp, target: { nodes: ['ranking-1', 'database-1-1'] } }));
  world.unreachable.add('ranking-1');
  expect(await world.finish(world.controller.heal('f1'))).toBe(true);
  expect(world.inEffect()).toEqual(['f1@ranking-1']);
  await world.simulation.run(world.simulation.clock.now() + 10_000);
  expect(world.inEffect()).toEqual([]);
});

test('halt stops everything at once, also what others injected, and refuses newcomers meanwhile', async () => {
  const world = cluster();
  await world.finish(world.controller.inject(limp));
  world.registries.get('gateway-1')!.inject({ ...limp, id: 'foreign', target: 'gateway-1', owner: 'somebody' });
  const halting = world.controller.halt('enough');
  await expect(world.finish((async () => world.controller.inject({ ...limp, id: 'f2' }))())).rejects.toThrow(
    /being stopped: enough/,
  );
  await world.finish(halting);
  expect([world.inEffect(), world.controller.list()]).toEqual([[], []]);
  await world.finish(world.controller.inject({ ...limp, id: 'f3' }));
  expect(world.controller.list()).toHaveLength(1);
});

test('a halt during an abort waits until the abort has healed everything', async () => {
  const world = cluster();
  await world.finish(world.controller.inject(limp));
  const ended: string[] = [];
  const first = world.controller.halt('gone too far').then(() => ended.push('first'));
  const second = world.controller.halt('an operator').then(() => ended.push(`second, in effect: ${world.inEffect().length}`));
  await world.finish(Promise.all([first, second]));
  expect([ended.toSorted(), world.controller.halts()]).toEqual([['first', 'second, in effect: 0'], 1]);
});

test('a controller that dies in the middle of a halt finds at its next start what it had not healed yet', async () => {
  const line = (event: string, target: string) => JSON.stringify({ at: 1, event, id: 'f1', kind: 'limp.latency', target });
  const world = cluster({
    past: [line('undo', 'ranking-1'), line('undo', 'ranking-2'), line('halt', '*'), line('heal', 'ranking-1')],
  });
  expect(await world.finish(world.controller.recover())).toBe(1);
});

test('a halt while it is still looked whether users are well ends the injection, too', async () => {
  const world = cluster();
  const injecting = world.controller.inject(limp);
  injecting.catch(() => undefined);
  await world.finish(world.controller.halt('enough'));
  await expect(world.finish(injecting)).rejects.toThrow(/stopped meanwhile/);
  expect(world.inEffect()).toEqual([]);
});

test.each([1, 5, 50])('a halt that overtakes an injection on its way of %i ms leaves nothing behind', async (injectMs) => {
  const world = cluster({ injectMs });
  const injecting = world.controller.inject({ ...limp, beyondTolerance: true });
  const halting = world.controller.halt('enough');
  await world.finish(Promise.all([injecting, halting]));
  await world.simulation.run(world.simulation.clock.now() + 100);
  expect(world.inEffect()).toEqual([]);
});

test('it aborts by itself when too many probes fail, by default at half of them', async () => {
  const world = cluster({ killsHurt: 0.8 });
  await world.finish(world.controller.inject(kill));
  expect(world.down.size).toBe(1);
  await world.simulation.run(4_000);
  expect(world.controller.list()).toEqual([]);
  expect(world.down.size).toBe(0);
  expect(world.events()).toContain('abort *');
});

test('a stricter abort rule of the request is kept; a harmless fault is not aborted', async () => {
  const mild = cluster({ killsHurt: 0.2 });
  await mild.finish(mild.controller.inject(kill));
  await mild.simulation.run(4_000);
  expect(mild.controller.list()).toHaveLength(1);
  const strict = cluster({ killsHurt: 0.2 });
  await strict.finish(strict.controller.inject({ ...kill, abortIf: { errorShareAbove: 0.1 } }));
  await strict.simulation.run(4_000);
  expect(strict.controller.list()).toEqual([]);
});

test('at boot it heals what an earlier life left behind, and what is gone does not stop it', async () => {
  const line = (event: string, target: string) => JSON.stringify({ at: 1, event, id: 'f1', kind: 'limp.latency', target });
  const world = cluster({
    past: [line('undo', 'ranking-1'), line('undo', 'ranking-2'), line('undo', 'ranking-3'), line('heal', 'ranking-3')],
  });
  world.registries.get('ranking-2')!.inject({ ...limp, owner: 'chaos-1' });
  world.unreachable.add('ranking-1');
  expect(await world.finish(world.controller.recover())).toBe(2);
  expect(world.inEffect()).toEqual([]);
  expect(await world.controller.recover()).toBe(0);
});

test('at exit it heals what it injected', async () => {
  const world = cluster();
  await world.finish(world.controller.inject(limp));
  await world.finish(world.controller.stop());
  expect(world.inEffect()).toEqual([]);
});

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
  expect(world.events()).toEqual(['experiment *', 'undo ranking-1', 'inject ranking-1', 'heal ranking-1 ttl', 'experiment *']);
  await world.simulation.run(world.simulation.clock.now() + 60_000);
  expect(world.simulation.pending).toBe(0);
});

test('an experiment whose fault reaches the users fails, and says how', async () => {
  const report = await cluster({ killsHurt: 0.3 }).run(experiment());
  expect(report.verdict).toBe('failed');
  expect(report.reasons.join()).toMatch(/^during: .*% of the probes fail/);
});

test('what users felt at the beginning of a long experiment still counts at its end', async () => {
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
  expect(report.reasons.join()).toMatch(/^during: .*% of the probes fail/);
});

test('an experiment is started only where chaos is on, planned anywhere', async () => {
  const ran: string[] = [];
  const execute = async ({ name }: Experiment) => {
    ran.push(name);
    return {} as Report;
  };
  const off = createExperiments({ enabled: false, nodes, execute });
  expect(() => off.start(experiment())).toThrow(expect.objectContaining({ code: 'conflict', message: chaosIsOff }));
  expect([off.plan(experiment()).length, off.list(), ran]).toEqual([1, [], []]);
  expect(createExperiments({ enabled: true, nodes, execute }).start(experiment())).toMatchObject({ state: 'running' });
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
  expect(report.reasons[0]).toMatch(/^before: .*fail/);
  expect(world.events()).toEqual(['experiment *']);
});

test('an experiment that the rules forbid injects nothing and does not pass', async () => {
  const world = cluster();
  const report = await world.run(experiment({}, { target: { component: 'ranking' } }));
  expect(report).toMatchObject({ verdict: 'failed', injections: 0 });
  expect(report.reasons.join('; ')).toMatch(/3 of the 3 of ranking.*nothing was injected/);
});

test('a cancelled experiment heals everything', async () => {
  const world = cluster();
  const cancel = new AbortController();
  world.simulation.scheduler.after(6_000, () => cancel.abort(new Error('the operator has gone')));
  await expect(world.run(experiment(), cancel.signal)).rejects.toThrow('the operator has gone');
  await world.simulation.run(world.simulation.clock.now() + 100);
  expect(world.inEffect()).toEqual([]);
});
