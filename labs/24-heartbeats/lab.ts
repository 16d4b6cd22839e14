import { createFixedDetector } from '../../services/monitor/fixed-detector.ts';
import { settings } from '../../services/monitor/settings.ts';
import { thresholds } from '../../services/monitor/thresholds.ts';
import { heartbeatIntervalMs as intervalMs } from '../../shared/membership/heartbeat.ts';
import { createPhiDetector } from '../../shared/membership/phi.ts';
import { lowerMedian } from '../../shared/quantile.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { check, meanOf, nothing } from '../kit/checks.ts';
import { lab, type Point, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { contains, passConfidence, poissonInterval, shownConfidence } from '../statistics/interval.ts';
import { liveDetection } from './live.ts';

const { lookMs } = settings;
/** A node is called dead after this many intervals of silence. */
const silentIntervals = 3.5;
const hours = 20;
const crashes = 2_000;
const checks = 2;

/** The silence after which the fixed detector calls a node dead, and how many lost heartbeats in a row cause it. */
const deadAfterMs = silentIntervals * intervalMs;
const lostInARow = Math.floor(silentIntervals);

/** Quick detection and few false alarms exclude each other. */
export const heartbeats = lab({
  id: '24',
  name: 'heartbeats',
  topic: 'heartbeats',
  question:
    'A node sends a heartbeat twice a second. One in five heartbeats is lost. How soon may you call the node dead?',
  seconds: 130,
  cores: 2,
  failuresExpected: true,
  parameters: { loss: { unit: '%', values: [0.2, 0.15, 0.25] } },
  attach: {
    dashboard: 'tierlab-incidents',
    see:
      '"Faults in effect" shows the crashes. "Suspicion" rises after each crash. Later, heartbeats are lost: the ' +
      'suspicion of these nodes stays low, because phi has learned the loss.',
  },
  formula: 'mean detection = time-out - interval / 2; false alarms per hour = heartbeats per hour x (1 - p) p^3',
  assumptions: [
    'a crash is equally likely at every moment between two heartbeats',
    'heartbeats are lost independently of each other, with probability p',
    `heartbeats need no time on the way; a monitor looks every ${lookMs} ms, so it is ` +
      `${Math.floor(lookMs / 2)} ms late on average; the lab subtracts this`,
  ],
  quantities: ({ loss }) => [
    { id: 'detection', label: 'mean time to detect a crash', unit: 'ms', theory: deadAfterMs - intervalMs / 2 },
    { id: 'alarms', label: 'false alarms of the fixed detector per hour', unit: 'count', theory: alarmsPerHour(loss!) },
  ],
  virtual({ loss }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const random = seededRandom(`${seed}/crashes`);
    const detection = detectionOf(
      Array.from({ length: crashes }, () =>
        // Broken: nodes crash just after they have sent a heartbeat.
        detectedAfterMs(variant === 'broken' ? 0 : intervalMs * random.next(), lookMs * random.next()),
      ),
    );
    const { alarms, phiAlarms, phiSilenceMs, timeline } = watch(seed, loss!, variant);
    const shown = poissonInterval(alarms, shownConfidence);
    const expected = hours * alarmsPerHour(loss!);
    const point: Point = {
      id: 'alarms',
      measured: alarms / hours,
      n: (hours * 3_600_000) / intervalMs,
      interval: { low: shown.low / hours, high: shown.high / hours, confidence: shownConfidence },
    };
    return {
      points: [detection.point, point],
      checks: [
        detection.isTheory('a crash is detected after 1.5 s on average', deadAfterMs - intervalMs / 2, checks),
        check(
          `${lostInARow} lost heartbeats in a row are a false alarm`,
          contains(poissonInterval(alarms, passConfidence(checks)), expected),
          `${alarms} in ${hours} hours; theory ${digits(expected)}`,
        ),
        check(
          'phi raises at most a hundredth of these false alarms',
          phiAlarms <= alarms / 100,
          `${phiAlarms} in ${hours} hours, at phi ${thresholds.phi}`,
        ),
        check(
          'but phi waits at least twice as long',
          phiSilenceMs >= 2 * deadAfterMs,
          `${digits(phiSilenceMs)} ms of silence`,
        ),
      ],
      timeline: [
        ...timeline,
        `phi reaches ${thresholds.phi} after ${digits(phiSilenceMs)} ms of silence, at this loss`,
      ],
    };
  },
  async live({ loss }, context) {
    const found = await liveDetection({ deadAfterMs, loss: loss! }, context);
    const { crashes: crashed, fixedMs, phiMs, fixedAlarms, phiAlarms, linkHours } = found;
    const detection = detectionOf(fixedMs);
    const shown = poissonInterval(fixedAlarms, shownConfidence);
    const expected = linkHours * alarmsPerHour(loss!);
    return {
      points: [
        detection.point,
        {
          id: 'alarms',
          measured: fixedAlarms / linkHours,
          n: found.beats,
          interval: { low: shown.low / linkHours, high: shown.high / linkHours, confidence: shownConfidence },
        },
      ],
      checks: [
        check('the fixed detector notices every crash', fixedMs.length === crashed, `${fixedMs.length} of ${crashed}`),
        detection.isTheory('a crash is detected after 1.5 s on average', deadAfterMs - intervalMs / 2, checks),
        check(
          `${lostInARow} lost heartbeats in a row are a false alarm`,
          contains(poissonInterval(fixedAlarms, passConfidence(checks)), expected),
          `${fixedAlarms} in ${digits(linkHours * 3_600)} s of links; theory ${digits(expected)}`,
        ),
        check(
          'phi raises hardly any: at most a fifth as many',
          phiAlarms <= Math.max(1, fixedAlarms / 5),
          `${phiAlarms} at phi ${thresholds.phi}`,
        ),
      ],
      timeline: [
        `the fixed detector noticed the crashes after ${fixedMs.map((ms) => digits(ms)).join(', ')} ms`,
        phiMs.length === 0
          ? `phi did not reach ${thresholds.phi} after any crash`
          : `phi reached ${thresholds.phi} ${digits(lowerMedian(phiMs))} ms after a crash ` +
            `(median of ${phiMs.length}), while no heartbeat was lost`,
      ],
      faults: found.proofs,
    };
  },
  variants: {
    broken: 'each node crashes just after it has sent a heartbeat',
    control: 'several heartbeats in a row are lost: after a lost one, the next one is lost with probability 2/3',
  },
  hints: [
    'How long has the node been silent when it crashes? How many lost heartbeats in a row look like a crash?',
    'The last heartbeat was half an interval ago on average. A false alarm needs one that arrives, then three ' +
      'losses: (1 - p) p^3 per heartbeat.',
    'A friend writes every day, and one letter in ten is lost. You worry after 2.5 days without a letter. So you ' +
      'worry without a reason .9 x .1 x .1 x 365 = 3.3 times a year.',
  ],
  explanation: ({ loss }) =>
    `The fixed detector waits for ${deadAfterMs} ms of silence. When the node crashes, it has been silent for half an
interval, on average. So the detector notices a crash after ${deadAfterMs - intervalMs / 2} ms. At a loss of
${100 * loss!}%, three heartbeats in a row are often lost. So it calls a healthy node dead
${digits(alarmsPerHour(loss!))} times per hour.

Phi learns from the sequence numbers how many heartbeats are lost. If more are lost, it waits longer. So it raises
hardly any false alarm. The price is time: it waits for several seconds of silence.

No detector is both fast and always right. If a network loses messages, silence can mean a crash or lost heartbeats.
Decide what costs you more: a false alarm, or a late detection. Then set the detector.`,
  transfer: {
    question:
      'You send heartbeats ten times as often, every 50 ms. The time-out is still 1.75 s. What happens to both ' +
      'numbers?',
    answer:
      'Detection takes 1.725 s on average, a little longer than before. A false alarm now needs about 35 lost ' +
      'heartbeats in a row. With probability .2^35, this never happens. The price is ten times as many messages.',
  },
});

const alarmsPerHour = (p: number): number => (3_600_000 / intervalMs) * (1 - p) * p ** lostInARow;

/**
 * The mean time to detect a crash. Half the time between two looks is subtracted, because the detector is that late on
 * average.
 */
function detectionOf(timesMs: readonly number[]) {
  const mean = timesMs.reduce((sum, ms) => sum + ms, 0) / timesMs.length;
  // The moment of the crash between two heartbeats, and the moment of the look, are uniform.
  const scatterMs = Math.sqrt((intervalMs ** 2 + lookMs ** 2) / 12);
  return meanOf('detection', mean - lookMs / 2, timesMs.length, scatterMs / Math.sqrt(timesMs.length));
}

/** The fixed detector of the monitors, with a clock that is set by hand. Returns what it reports at `atMs`. */
function fixedDetector() {
  const node = 'node-1';
  const fixed = { deadAfterMs };
  let nowMs = 0;
  const detector = createFixedDetector([node], { now: () => nowMs, wall: () => nowMs });
  return (atMs: number, heardAt: number) => {
    nowMs = atMs;
    detector.look(node, heardAt, fixed);
    return detector.report(node)!;
  };
}

/** From a crash to its detection, ms. The last heartbeat came at 0. */
function detectedAfterMs(crashAt: number, firstLookAt: number): number {
  const look = fixedDetector();
  let at = firstLookAt;
  while (!look(at, 0).dead) at += lookMs;
  return at - crashAt;
}

/** A healthy node behind a lossy link, seen by both detectors of the monitors. */
function watch(seed: string, p: number, variant: Variant) {
  const random = seededRandom(`${seed}/link`);
  const phi = createPhiDetector({ expectedIntervalMs: intervalMs });
  const look = fixedDetector();
  const beats = (hours * 3_600_000) / intervalMs;
  let fixed = look(0, 0);
  let phiAlarms = 0;
  let lost = 0;
  let lastAt = 0;
  let timeline: string[] = [];
  const isLost = (): boolean => random.next() < (variant === 'control' && lost > 0 ? 2 / 3 : p);
  for (let beat = 1; beat <= beats; beat++) {
    const now = beat * intervalMs;
    for (let at = now - intervalMs + lookMs; at <= now; at += lookMs) fixed = look(at, lastAt);
    if (isLost()) {
      lost++;
      continue;
    }
    if (fixed.dead && timeline.length === 0)
      timeline = [
        `${digits(lastAt)} ms  heartbeat ${lastAt / intervalMs} arrives`,
        `         ${lost} heartbeats are lost`,
        `${digits(fixed.deadAt!)} ms  the fixed detector calls the node dead: a false alarm`,
        `${digits(now)} ms  heartbeat ${beat} arrives`,
      ];
    // Suspicion only grows while the node is silent, so its peak is just before the next heartbeat. Phi has to learn
    // first.
    if (beat > 200 && phi.phi(now) >= thresholds.phi) phiAlarms++;
    phi.hear({ incarnation: 1, sequence: beat }, now);
    lost = 0;
    lastAt = now;
  }
  let silenceMs = 0;
  while (phi.phi(lastAt + silenceMs) < thresholds.phi && silenceMs < 60_000) silenceMs += 50;
  return { alarms: fixed.deaths, phiAlarms, phiSilenceMs: silenceMs, timeline };
}
