import { expect, test } from 'vitest';
import { createPhiDetector, phiOf } from '../../../shared/membership/phi.ts';
import { seededRandom } from '../../../shared/time/random.ts';

const intervalMs = 500;

/** A detector that heard `count` heartbeats, each `gap` after the one before. */
function listening(count: number, gap: (i: number) => number = () => intervalMs, options = {}) {
  const detector = createPhiDetector({ expectedIntervalMs: intervalMs, ...options });
  let now = 0;
  for (let sequence = 0; sequence < count; sequence++) {
    now += sequence === 0 ? 0 : gap(sequence);
    detector.hear({ incarnation: 1, sequence }, now);
  }
  return { detector, now };
}

test.each([
  [0, 0.301],
  [1, 0.7996],
  [2, 1.643],
  [3, 2.8697],
  [5, 6.5426],
  [10, 23.118],
  [40, 349.437],
])('a silence of %i deviations above the mean has phi %f', (z, phi) => {
  expect(phiOf(1_000 + z * 50, { meanMs: 1_000, deviationMs: 50, lossShare: 0 })).toBeCloseTo(phi, 2);
});

test.each([0, 0.2, 0.9])('with a loss of %f phi stays finite and grows, however long the silence is', (lossShare) => {
  const rhythm = { meanMs: 500, deviationMs: 100, lossShare };
  const day = phiOf(86_400_000, rhythm);
  expect(Number.isFinite(day)).toBe(true);
  expect(phiOf(2 * 86_400_000, rhythm)).toBeGreaterThan(day);
});

test('with losses, phi grows by -log10 of their share with each missing beat', () => {
  const rhythm = { meanMs: 500, deviationMs: 20, lossShare: 0.1 };
  for (let missing = 1; missing < 12; missing++) expect(phiOf((missing + 0.5) * 500, rhythm)).toBeCloseTo(missing, 1);
});

test('nothing is suspected before the first heartbeat, and soon something after the last', () => {
  const detector = createPhiDetector({ expectedIntervalMs: intervalMs });
  expect(detector.phi(1e9)).toBe(0);
  expect(detector.silentMs(1e9)).toBeUndefined();
  const { detector: heard, now } = listening(50);
  expect(heard.phi(now + intervalMs)).toBeLessThan(1);
  expect(heard.phi(now + 2 * intervalMs)).toBeGreaterThan(5);
  expect(heard.phi(now + 2.5 * intervalMs)).toBeGreaterThan(8);
});

test('the detector learns a slow rhythm, and forgets it: the window is bounded', () => {
  const slow = listening(200, () => 2_000, { window: 50 });
  expect(slow.detector.phi(slow.now + 2_100)).toBeLessThan(1);
  const fast = listening(400, (i) => (i < 200 ? 2_000 : intervalMs), { window: 50 });
  expect(fast.detector.phi(fast.now + 3_000)).toBeGreaterThan(8);
});

test('with every fifth heartbeat lost, phi 8 has no false alarm in ten hours, and sees a death in 10 s', () => {
  let phiAlarms = 0;
  let fixedAlarms = 0;
  for (let seed = 0; seed < 10; seed++) {
    const random = seededRandom(seed);
    const detector = createPhiDetector({ expectedIntervalMs: intervalMs });
    let last = 0;
    for (let sequence = 0; sequence < 7_200; sequence++) {
      if (random.next() < 0.2) continue;
      const now = sequence * intervalMs;
      // The first minute is for learning the rhythm.
      if (sequence > 120) {
        if (detector.phi(now) > 8) phiAlarms++;
        if (now - last > 3.5 * intervalMs) fixedAlarms++;
      }
      detector.hear({ incarnation: 1, sequence }, now);
      last = now;
    }
    expect(detector.phi(last + 10_000)).toBeGreaterThan(8);
  }
  // .2^3 x .8 x 7,200 = 46 per node-hour for the fixed timeout .
  expect(fixedAlarms).toBeGreaterThan(300);
  expect(phiAlarms).toBe(0);
});

test.each([
  [{ incarnation: 1, sequence: 10 }, 'fresh'],
  [{ incarnation: 1, sequence: 9 }, 'stale'],
  [{ incarnation: 1, sequence: 3 }, 'stale'],
  [{ incarnation: 0, sequence: 99 }, 'stale'],
  [{ incarnation: 2, sequence: 0 }, 'restarted'],
])('after ten heartbeats of incarnation 1, %j is %s', (beat, hearing) => {
  const { detector, now } = listening(10);
  expect(detector.hear(beat, now + 10_000)).toBe(hearing);
  if (hearing === 'stale') expect(detector.silentMs(now + 10_000)).toBe(10_000);
  else expect(detector.silentMs(now + 10_000)).toBe(0);
});

test('an old process cannot speak for the new one: its heartbeats do not end the silence', () => {
  const { detector, now } = listening(10);
  detector.hear({ incarnation: 2, sequence: 0 }, now);
  for (let i = 1; i <= 20; i++) detector.hear({ incarnation: 1, sequence: 10 + i }, now + i * 500);
  expect(detector.silentMs(now + 10_000)).toBe(10_000);
  // Those of the first five seconds may have been on their way.
  expect(detector.conflictingBeats).toBe(10);
});

test('a twin that counts from its own beginning is noticed; heartbeats out of order are not taken for one', () => {
  const twins = listening(20).detector;
  for (let i = 0; i < 5; i++) twins.hear({ incarnation: 1, sequence: i }, 20_000 + i);
  expect(twins.conflictingBeats).toBe(5);
  const shuffled = createPhiDetector({ expectedIntervalMs: intervalMs });
  for (const sequence of [0, 2, 1, 4, 3, 5, 5, 7, 6, 8])
    shuffled.hear({ incarnation: 1, sequence }, sequence * intervalMs);
  expect(shuffled.conflictingBeats).toBe(0);
});

test('late heartbeats that an observer reads after a pause are no twin', () => {
  const { detector, now } = listening(20);
  for (const sequence of [31, 24, 20, 28, 22, 21, 30, 25, 23, 29, 26, 27])
    detector.hear({ incarnation: 1, sequence }, now + 6_000);
  expect(detector.conflictingBeats).toBe(0);
  detector.hear({ incarnation: 1, sequence: 24 }, now + 6_100);
  expect(detector.conflictingBeats).toBe(1);
});

test('a restart gap does not spoil the rhythm', () => {
  const { detector, now } = listening(50);
  detector.hear({ incarnation: 2, sequence: 0 }, now + 60_000);
  detector.hear({ incarnation: 2, sequence: 1 }, now + 60_500);
  expect(detector.phi(now + 60_500 + 3 * intervalMs)).toBeGreaterThan(8);
});

test('time in which the observer did not run does not count as silence', () => {
  const { detector, now } = listening(50);
  expect(detector.phi(now + 5_000, 0)).toBeGreaterThan(8);
  expect(detector.phi(now + 5_000, 4_700)).toBeLessThan(1);
  // Time lost before the last heartbeat excuses nothing after it.
  detector.hear({ incarnation: 1, sequence: 50 }, now + 5_000, 4_700);
  expect(detector.phi(now + 10_000, 4_700)).toBeGreaterThan(8);
});
