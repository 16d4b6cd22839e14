import { expect, test } from 'vitest';
import { cluster, kill, limp } from './cluster.ts';

test('an injection reaches its victim, is renewed and undone, and the journal has it in order', async () => {
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

test.each([
  ['limp.latency', limp],
  ['stop.hang', { id: 'f1', kind: 'stop.hang', target: 'ranking-2', ttlMs: 10_000 }],
])('%s is over when the process that it happened to was restarted, and the journal says when', async (_kind, fault) => {
  const world = cluster();
  await world.finish(world.controller.inject(fault));
  await world.simulation.run(3_500);
  world.restart('ranking-2');
  await world.simulation.run(5_000);
  expect([world.inEffect(), world.controller.list()]).toEqual([[], []]);
  expect(world.events()).toEqual(['undo ranking-2', 'inject ranking-2', 'heal ranking-2 restart']);
});

test('a fault that was healed before it arrived is not reported as injected, and does not begin', async () => {
  const world = cluster({ injectMs: 400 });
  const injecting = world.controller.inject(limp).catch(() => undefined);
  await world.simulation.run(world.simulation.clock.now() + 200);
  await world.finish(world.controller.halt('stop'));
  await world.finish(injecting);
  await world.simulation.run(9_000);
  expect(world.inEffect()).toEqual([]);
  expect(world.events().filter((event) => event.startsWith('inject'))).toEqual([]);
});

test('a machine that takes processor time also takes it from the next process', async () => {
  const world = cluster();
  const thief = {
    id: 'f1',
    kind: 'limp.cpu',
    target: 'ranking-2',
    ttlMs: 10_000,
    params: { share: 0.5, periodMs: 1_000 },
  };
  await world.finish(world.controller.inject(thief));
  world.restart('ranking-2');
  await world.simulation.run(5_000);
  expect(world.inEffect()).toEqual(['f1@ranking-2']);
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
  [{ ...limp, ttlMs: 1e9 }, 'bad_request', /ttlMs: .*900000/],
  [{ ...limp, owner: 'me' }, 'bad_request', /owner/],
  [{ ...limp, target: {} }, 'bad_request', /target has no condition/],
  [{ ...limp, target: 'ranking-9' }, 'bad_request', /no node ranking-9/],
  [{ ...limp, kind: 'limp.slow' }, 'bad_request', /not known/],
  [{ ...limp, params: {} }, 'bad_request', /meanMs above 0/],
  [{ ...limp, target: { component: 'ranking' } }, 'conflict', /3 of 3 nodes of group ranking/],
  [{ ...limp, target: 'gateway-1' }, 'conflict', /1 of 1 nodes of group gateway/],
])('%j is refused as %s, and nothing happens', async (request, code, sentence) => {
  const world = cluster();
  const refused = (async () => world.controller.inject(request))();
  await expect(world.finish(refused)).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(sentence) as string }),
  );
  expect([world.inEffect(), world.controller.list()]).toEqual([[], []]);
  expect(world.events().filter((event) => !event.startsWith('refuse'))).toEqual([]);
});

test('a second fault at a time is refused, unless beyondTolerance allows it', async () => {
  const world = cluster();
  await world.finish(world.controller.inject(limp));
  await expect(world.finish(world.controller.inject({ ...limp, id: 'f2', target: 'ranking-3' }))).rejects.toThrow(
    /one fault at a time/,
  );
  await world.finish(world.controller.inject({ ...limp, id: 'f2', target: 'ranking-3', beyondTolerance: true }));
  expect(world.inEffect()).toEqual(['f1@ranking-2', 'f2@ranking-3']);
});

test('nothing is injected into a broken cluster, unless beyondTolerance allows it', async () => {
  const world = cluster({ killsHurt: 1 });
  world.down.add('gateway-1');
  await expect(world.finish(world.controller.inject(limp))).rejects.toThrow(
    /not steady, and no fault is in effect yet: 100.0% of the probes fail \(no answer\)/,
  );
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
  expect(all.objections.join()).toMatch(/3 of 3/);
  expect(world.controller.dryRun(limp).objections).toEqual([]);
  const disk = (target: string) => world.controller.dryRun({ ...limp, kind: 'limp.disk', target }).objections.join();
  expect([disk('ranking-2'), disk('database-1-1')]).toEqual([
    expect.stringMatching(/ranking-2: .*nothing on a disk/),
    '',
  ]);
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

test('a target that is gone does not block the healing of the others', async () => {
  const world = cluster();
  await world.finish(world.controller.inject({ ...limp, target: { nodes: ['ranking-1', 'database-1-1'] } }));
  world.unreachable.add('ranking-1');
  expect(await world.finish(world.controller.heal('f1'))).toBe(true);
  expect(world.inEffect()).toEqual(['f1@ranking-1']);
  await world.simulation.run(world.simulation.clock.now() + 10_000);
  expect(world.inEffect()).toEqual([]);
});

test('halt ends all faults, whoever injected them, and refuses new ones meanwhile', async () => {
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
  const second = world.controller
    .halt('an operator')
    .then(() => ended.push(`second, in effect: ${world.inEffect().length}`));
  await world.finish(Promise.all([first, second]));
  expect([ended.toSorted(), world.controller.halts()]).toEqual([['first', 'second, in effect: 0'], 1]);
});

test('a controller that dies during a halt heals the remaining faults at its next start', async () => {
  const line = (event: string, target: string) =>
    JSON.stringify({ at: 1, event, id: 'f1', kind: 'limp.latency', target });
  const world = cluster({
    past: [line('undo', 'ranking-1'), line('undo', 'ranking-2'), line('halt', '*'), line('heal', 'ranking-1')],
  });
  expect(await world.finish(world.controller.recover())).toBe(1);
});

test('a halt during the check of the steady state ends the injection, too', async () => {
  const world = cluster();
  const injecting = world.controller.inject(limp);
  injecting.catch(() => undefined);
  await world.finish(world.controller.halt('enough'));
  await expect(world.finish(injecting)).rejects.toThrow(/stopped meanwhile/);
  expect(world.inEffect()).toEqual([]);
});

test.each([1, 5, 50])(
  'a halt that overtakes an injection on its way of %i ms leaves nothing behind',
  async (injectMs) => {
    const world = cluster({ injectMs });
    const injecting = world.controller.inject({ ...limp, beyondTolerance: true });
    const halting = world.controller.halt('enough');
    await world.finish(Promise.all([injecting, halting]));
    await world.simulation.run(world.simulation.clock.now() + 100);
    expect(world.inEffect()).toEqual([]);
  },
);

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

test('at its start it heals the faults of its earlier process, also when a target is gone', async () => {
  const line = (event: string, target: string) =>
    JSON.stringify({ at: 1, event, id: 'f1', kind: 'limp.latency', target });
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
