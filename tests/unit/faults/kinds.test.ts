import { expect, test } from 'vitest';
import { faultKinds } from '../../../shared/faults/kinds.ts';
import { bodyShape, diskFaults } from '../../../shared/faults/layers.ts';
import { rig, shelf, truth } from './rig.ts';

type Rig = ReturnType<typeof rig>;
interface Row {
  readonly params?: object;
  readonly site?: 'watchdog';
  readonly scope?: object;
  /** What a well node shows. */
  readonly well: unknown;
  /** What a node with the fault shows. */
  readonly ill: unknown;
  readonly look: (rig: Rig) => Promise<unknown> | unknown;
}

const body = async (rig: Rig) => (await rig.ask('r1')).reply?.body;
const took = async (rig: Rig) => (await rig.ask('r1')).tookMs;
const code = async (rig: Rig) => ((await rig.ask('r1')).error as { code?: string } | undefined)?.code;
const wellBody = truth('cats');
const letters = (value: unknown) => (value as typeof wellBody).items.map(({ id }) => id.at(-1)).join('');
const shaped = (rig: Rig) => bodyShape(rig.registry, rig.makeCall('r1'), 10_000)?.shape;
const handledAndAnswered = async (rig: Rig) => {
  const { reply } = await rig.ask('r1');
  return `${rig.handled.length} handled, ${reply ? 'answered' : 'silent'}`;
};
const done = async (rig: Rig) => {
  await rig.simulation.run(rig.simulation.clock.now() + 3_000);
  return rig.actions.map((action) => `${action.atMs} ${action.do}`).join(', ');
};

/** Every kind, its least parameters, and the effect that proves that it was applied. A missing kind fails the test. */
const rows: Record<string, Row> = {
  none: { well: wellBody, ill: wellBody, look: body },
  'stop.kill': {
    site: 'watchdog',
    params: { downMs: 5_000, state: 'lose' },
    well: '',
    ill: '0 hold, 0 kill, 0 wipe',
    look: done,
  },
  'stop.hang': { site: 'watchdog', well: '', ill: '0 pause', look: done },
  'stop.refuse': { well: true, ill: false, look: (rig) => rig.isOpen() },
  'limp.latency': { params: { meanMs: 200, distribution: 'constant', factor: 3 }, well: 10, ill: 230, look: took },
  'limp.bandwidth': {
    params: { bytesPerSecond: 1_000 },
    well: undefined,
    ill: { chunkBytes: 50, pauseMs: 50 },
    look: shaped,
  },
  'limp.dribble': {
    params: { chunkBytes: 4, pauseMs: 30 },
    well: undefined,
    ill: { chunkBytes: 4, pauseMs: 30 },
    look: shaped,
  },
  'limp.cpu': {
    site: 'watchdog',
    params: { share: 0.5, periodMs: 2_000 },
    well: '',
    ill: '0 pause, 1000 resume, 2000 pause, 3000 resume',
    look: done,
  },
  'limp.intermittent': {
    params: { onMs: 500, offMs: 500, meanMs: 40 },
    well: '10 10 10',
    ill: '50 10 50',
    look: async (rig) =>
      [await rig.ask('r1', {}, 500), await rig.ask('r2', {}, 500), await rig.ask('r3', {}, 500)]
        .map((r) => r.tookMs)
        .join(' '),
  },
  'limp.disk': {
    params: { meanMs: 30, distribution: 'constant' },
    well: 0,
    ill: 30,
    async look({ simulation, registry }) {
      const from = simulation.clock.now();
      let until = 0;
      void diskFaults(registry, simulation.scheduler, 'read 1').then(() => (until = simulation.clock.now()));
      await simulation.run(from + 100);
      return until - from;
    },
  },
  'byz.corrupt': {
    params: { how: 'semantic', field: 'total' },
    well: wellBody,
    ill: { ...wellBody, total: 4 },
    look: body,
  },
  'byz.stale': {
    well: 'new old? no',
    ill: 'new old? yes',
    async look(rig) {
      const old = (await rig.ask('r1')).reply?.body;
      rig.changeData();
      const again = (await rig.ask('r2')).reply?.body;
      return `new old? ${JSON.stringify(old) === JSON.stringify(again) ? 'yes' : 'no'}`;
    },
  },
  'byz.replay': {
    well: 'dogs-a',
    ill: 'cats-a',
    async look(rig) {
      await rig.ask('r1');
      const { reply } = await rig.ask('r2', { request: { q: 'dogs' } });
      return (reply!.body as typeof wellBody).items[0]?.id;
    },
  },
  'byz.equivocate': {
    well: 1,
    ill: 2,
    async look(rig) {
      const answers = new Set<string>();
      for (const caller of ['a', 'b', 'c', 'd', 'e', 'f'])
        answers.add(JSON.stringify((await rig.ask(`r-${caller}`, { caller })).reply?.body));
      return answers.size;
    },
  },
  'byz.rank': {
    params: { how: 'boost', id: 'cats-c' },
    well: 'abcd',
    ill: 'cabd',
    look: async (rig) => letters(await body(rig)),
  },
  'byz.omit': { params: { ids: ['cats-b'] }, well: 'abcd', ill: 'acd', look: async (rig) => letters(await body(rig)) },
  'byz.forge': {
    params: { as: 'node-3' },
    well: ['node-1'],
    ill: ['node-3'],
    look: async (rig) => (await rig.ask('r1')).reply?.servedBy,
  },
  'byz.twin': { site: 'watchdog', well: '', ill: '0 twin', look: done },
  'net.partition': {
    params: { groups: [['node-1'], ['node-2']] },
    well: '1 handled, answered',
    ill: '0 handled, silent',
    look: handledAndAnswered,
  },
  'net.drop': {
    scope: { direction: 'reply' },
    well: '1 handled, answered',
    ill: '1 handled, silent',
    look: handledAndAnswered,
  },
  'net.reset': { well: undefined, ill: 'connection_lost', look: code },
  'net.delay': { params: { meanMs: 300, distribution: 'constant' }, well: 10, ill: 310, look: took },
  'net.duplicate': {
    params: { copies: 3 },
    well: 1,
    ill: 3,
    look: async (rig) => (await rig.ask('r1'), rig.handled.length),
  },
  'clock.skew': {
    params: { offsetMs: 5_000 },
    well: 0,
    ill: 5_000,
    look: (rig) => rig.skewed.wall() - rig.simulation.clock.wall(),
  },
};

test('there is a row for every kind', () => {
  expect(Object.keys(rows).sort()).toEqual([...faultKinds.keys()].sort());
});

for (const [kind, row] of Object.entries(rows)) {
  const fault = { kind, params: row.params ?? {}, scope: row.scope ?? {} };

  test(`${kind} has its effect, counts it, and has none before and after`, async () => {
    const before = rig(row.site);
    expect(await row.look(before)).toEqual(row.well);
    const during = rig(row.site);
    during.inject(fault);
    expect(await row.look(during)).toEqual(row.ill);
    const [status] = during.registry.list();
    if (kind !== 'none') expect(status?.applied).toBeGreaterThan(0);
    expect(during.registry.heal('f1')).toBe(true);
    await during.simulation.run(during.simulation.clock.now() + 1_500);
    during.actions.length = 0;
    during.handled.length = 0;
    expect(await row.look(during)).toEqual(row.well);
    expect(during.warnings).toEqual([]);
  });

  test(`${kind} with probability 0 does nothing at all`, async () => {
    const off = rig(row.site);
    off.inject({ ...fault, probability: 0 });
    expect(await row.look(off)).toEqual(row.well);
    expect(off.registry.list()[0]?.applied).toBe(0);
    off.registry.healAll();
    await off.simulation.run(off.simulation.clock.now() + 1_500);
    expect(off.actions).toEqual([]);
  });

  test(`${kind} undoes itself when its time to live is over`, async () => {
    const brief = rig(row.site);
    brief.inject({ ...fault, ttlMs: 50 });
    await brief.simulation.run(1_500);
    expect(brief.registry.list()).toEqual([]);
    expect(brief.journal.at(-1)).toMatchObject({ event: 'heal', end: 'ttl', kind });
    brief.actions.length = 0;
    expect(await row.look(brief)).toEqual(row.well);
  });
}

test('limp.cpu in its busy form occupies the main loop of the node for its share of each period', async () => {
  const busy = rig();
  busy.inject({ kind: 'limp.cpu', params: { form: 'busy', share: 0.8, periodMs: 100 }, ttlMs: 1_000 });
  await busy.simulation.run(1_000);
  expect(busy.burns.length).toBeGreaterThan(9);
  expect(new Set(busy.burns)).toEqual(new Set([80]));
});

test('net.reset after a number of bytes is a matter of the body, not of the edge', async () => {
  const cutting = rig();
  cutting.inject({ kind: 'net.reset', params: { afterBytes: 20 } });
  expect(shaped(cutting)).toEqual({ chunkBytes: 20, pauseMs: 0, resetAfterBytes: 20 });
  expect(await code(cutting)).toBeUndefined();
});

test.each([
  ['semantic', true],
  ['syntactic', false],
])('a %s corruption is valid by the schema: %s', async (how, valid) => {
  for (let seed = 0; seed < 20; seed++) {
    const lying = rig();
    lying.inject({ kind: 'byz.corrupt', seed, params: { how } });
    const answer = await body(lying);
    expect(answer).not.toEqual(wellBody);
    if (valid) expect(() => shelf.operations.list.checkResponse(answer)).not.toThrow();
    else expect(() => shelf.operations.list.checkResponse(answer)).toThrow();
  }
});

test('a swapped order keeps the scores descending, so that no local check sees it', async () => {
  const lying = rig();
  lying.inject({ kind: 'byz.rank' });
  const { items } = (await body(lying)) as typeof wellBody;
  expect(items.map(({ score }) => score)).toEqual([10, 9, 8, 7]);
  expect(items.map(({ id }) => id)).not.toEqual(wellBody.items.map(({ id }) => id));
});

test('an equivocating node is consistent: the same caller asking again hears the same', async () => {
  const lying = rig();
  lying.inject({ kind: 'byz.equivocate' });
  for (const caller of ['a', 'b', 'c', 'd']) {
    const [one, two] = [await lying.ask('r1', { caller }), await lying.ask('r2', { caller })];
    expect(one.reply?.body).toEqual(two.reply?.body);
  }
});
