import { expect, test } from 'vitest';
import type { About } from '../../../services/console/about.ts';
import type { NodeNow, Snapshot } from '../../../services/console/live/snapshot.ts';
import { headlineOf } from '../../../services/console/page/headline.ts';
import { failureMoments } from '../../../services/console/page/frame/failure-moments.ts';
import { asOf, momentOf } from '../../../services/console/page/moment.ts';
import { lookOf } from '../../../services/console/page/picture/badges.ts';
import type { Incident } from '../../../services/monitor/incident.ts';

const ids = ['app-1', 'app-2', 'db-1', 'monitor-1'];
const about: About = {
  name: 'test',
  summary: '',
  style: 'object-based',
  shards: 1,
  inContainers: false,
  flags: '',
  own: 'monitor-1',
  chaos: true,
  tiers: [['app'], ['db']],
  control: ['monitor'],
  relations: [{ from: 'app', to: 'db' }],
  nodes: ids.map((id) => ({
    id,
    group: id.slice(0, -2),
    components: [id.slice(0, -2)],
    port: 1,
    doors: {},
    publicPort: 1,
    opsPort: 2,
    hasOperations: true,
    breaks: [],
  })),
};

function snapshot(at: number, odd: Record<string, Partial<NodeNow>> = {}, more: Partial<Snapshot> = {}): Snapshot {
  const nodes = Object.fromEntries(ids.map((id) => [id, { state: 'alive' as const, ...odd[id] }]));
  return {
    number: at,
    at,
    monitor: 'monitor-1',
    nodes,
    calls: [],
    relations: [],
    door: { rate: 0 },
    faults: [],
    ...more,
  };
}

const crash: Incident = {
  id: 'a',
  node: 'app-2',
  stamps: { manifest: 1_000, detect: 2_000, diagnose: 3_000, fix: 5_000, steady: 7_000 },
  outcome: 'repaired',
  verdict: 'crashed',
  reasons: ['its process has ended'],
  orders: [{ at: 3_500, order: 'restart', result: 'already', detail: 'by its watchdog' }],
};

const at = (cursor: number | undefined, snapshots: Snapshot[], incidents: Incident[] = [crash]) =>
  momentOf({ about, snapshots, incidents, operator: false, cursor })!;

test('an incident in the past is what was known then', () => {
  expect(asOf(crash, 1_500)).toBeUndefined();
  expect(asOf(crash, 2_500)).toMatchObject({ outcome: 'open', orders: [], stamps: { manifest: 1_000, detect: 2_000 } });
  expect(asOf(crash, 2_500)).not.toHaveProperty('verdict');
  expect(asOf(crash, 4_000)).toMatchObject({ outcome: 'open', verdict: 'crashed', orders: [{ order: 'restart' }] });
  expect(asOf(crash, 8_000)).toEqual(crash);
});

test('the moment of a failure is the first snapshot that shows its node at its worst', () => {
  const states = ['alive', 'dead', 'dead', 'starting', 'starting', 'alive'] as const;
  const snapshots = states.map((state, i) => snapshot((i + 1) * 1_000, { 'app-2': { state, verdict: 'crashed' } }));
  expect(failureMoments([crash], snapshots)).toEqual([2_000]);
  const { verdict: _, ...undiagnosed } = crash;
  expect(failureMoments([crash, undiagnosed, { ...crash, node: 'app-1' }], snapshots.slice(3))).toEqual([4_000, 4_000]);
  expect(failureMoments([crash], snapshots.slice(0, 1))).toEqual([]);
  // While no page is open, there are five seconds between two snapshots.
  const rare = [snapshot(1_500), snapshot(7_500, { 'app-2': { state: 'dead' } }), snapshot(12_500)];
  expect(failureMoments([crash], rare)).toEqual([7_500]);
});

test('the moment at the cursor has the snapshot and the incidents of then; without a cursor it is now', () => {
  const snapshots = [2, 3, 4, 8].map((second) => snapshot(second * 1_000));
  expect(at(4_200, snapshots)).toMatchObject({ live: false, now: { at: 4_000 }, incidents: [{ outcome: 'open' }] });
  expect(at(undefined, snapshots)).toMatchObject({
    live: true,
    now: { at: 8_000 },
    incidents: [{ outcome: 'repaired' }],
  });
});

test('the headline says what is wrong, where, since when and what is done about it', () => {
  const down = [snapshot(4_000, { 'app-2': { state: 'dead', verdict: 'crashed' } }, { door: { rate: 5, ok: 1 } })];
  expect(headlineOf(at(4_000, down))).toEqual({
    tone: 'bad',
    what: 'app-2 has crashed.',
    node: 'app-2',
    since: 1_000,
    doing: 'Ordered: restart (by its watchdog). It is starting again.',
    users: 'Every request of users succeeds.',
    others: 0,
  });
});

test.each(['dead', 'draining'] as const)(
  'in the second in which a node that was %s is repaired, the headline and the picture say that it has crashed',
  (state) => {
    const second = [snapshot(5_500, { 'app-2': { state } }), snapshot(6_500)];
    expect(headlineOf(at(5_500, second))).toMatchObject({
      tone: 'bad',
      what: 'app-2 has crashed.',
      doing: 'Ordered: restart (by its watchdog). It is starting again.',
    });
    expect(headlineOf(at(6_500, second)).what).toBe('app-2 had crashed, and serves well again.');
  },
);

test('a node whose process runs again does not serve well before callers use it', () => {
  const runsAgain = [snapshot(5_500, { 'app-2': { state: 'starting', verdict: 'crashed' } }), snapshot(6_500)];
  expect(headlineOf(at(5_500, runsAgain))).toMatchObject({
    what: 'app-2 has crashed.',
    doing: expect.stringMatching(/It runs again\. Callers use it when/),
  });
  expect(headlineOf(at(6_500, runsAgain)).what).toBe('app-2 had crashed, and serves well again.');
});

test('a node that serves well again gives way to one that does not, whichever incident is newer', () => {
  const { steady: _, ...fixed } = crash.stamps;
  const incidents: Incident[] = [
    { ...crash, id: 'b', node: 'db-1', stamps: { manifest: 500, detect: 900 }, outcome: 'open', orders: [] },
    { ...crash, stamps: fixed, outcome: 'open' },
  ];
  expect(headlineOf(at(undefined, [snapshot(6_000)], incidents))).toMatchObject({
    node: 'db-1',
    tone: 'bad',
    others: 1,
  });
});

const limps: Incident = { ...crash, outcome: 'open', verdict: 'limping', orders: [] };
const drain = { at: 3_100, order: 'drain', result: 'done' } as const;
const restart = { at: 3_500, order: 'restart', result: 'already', detail: 'by monitor-2' } as const;
test.each<[string, NodeNow['state'], Incident, string]>([
  ['no order yet', 'alive', limps, 'The monitors decide on a repair.'],
  ['drained', 'draining', { ...limps, orders: [drain] }, 'Ordered: drain. Callers no longer use it.'],
  [
    'restarted',
    'starting',
    { ...limps, orders: [drain, restart, restart] },
    'Ordered: drain, restart (by monitor-2). It runs again. Callers use it when it has been healthy for 2 s.',
  ],
  [
    'refused',
    'dead',
    { ...limps, orders: [{ ...restart, result: 'refused' }] },
    'Ordered: restart (refused). The monitors will try again.',
  ],
  [
    'a standby',
    'dead',
    { ...limps, orders: [{ ...drain, order: 'promote app-3' }] },
    'Ordered: promote app-3. A standby takes its place.',
  ],
])('the headline names the orders and the step that is under way: %s', (_name, state, incident, doing) => {
  expect(headlineOf(at(4_500, [snapshot(4_500, { 'app-2': { state } })], [incident])).doing).toBe(doing);
});

test.each([
  ['nothing wrong, no traffic', snapshot(9_000), 'good', 'Nothing is wrong.', 'No traffic yet.'],
  ['users see errors', snapshot(9_000, {}, { door: { rate: 9, ok: 0.9 } }), 'bad', '10% of all requests fail.', ''],
  ['a node leaves', snapshot(9_000, { 'db-1': { state: 'draining' } }), 'warn', 'db-1 is leaving.', 'No traffic yet.'],
])('%s', (_name, now, tone, what, users) => {
  expect(headlineOf(at(undefined, [now]))).toMatchObject({ tone, what, users });
});

test('without monitors the headline does not claim that all is well', () => {
  const { monitor: _, ...blind } = snapshot(9_000);
  expect(headlineOf(at(undefined, [blind]))).toMatchObject({
    tone: 'bad',
    what: expect.stringContaining('No monitor'),
  });
});

test('a node shows its diagnosis before its state, and badges for what else is known', () => {
  const now = snapshot(
    1,
    {
      'db-1': { state: 'draining', verdict: 'limping' },
      'app-1': {
        live: {
          incarnation: 1,
          upMs: 1,
          lagMs: 0,
          busy: 0,
          memoryMb: 1,
          served: { rate: 0 },
          inFlight: 0,
          ejects: ['db-1'],
          circuits: {},
        },
      },
    },
    { faults: [{ id: 'f', kind: 'limp.latency', remainingMs: 1, casualties: ['db-1'], victims: [] }] },
  );
  expect(lookOf(now, 'db-1')).toMatchObject({ tone: 'warn', word: 'limping' });
  expect(lookOf(now, 'db-1').badges.map(({ word }) => word)).toEqual(['limp.latency', 'ejected by 1', 'draining']);
  expect(lookOf(now, 'app-2')).toEqual({ tone: 'good', word: 'alive', badges: [] });
  expect(lookOf({ ...now, leader: 'app-2' }, 'app-2').badges).toEqual([{ word: 'leader', tone: 'quiet' }]);
});
