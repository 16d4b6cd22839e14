import { createPhiDetector } from '../../shared/membership/phi.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { check, meanOf, nothing } from '../kit/checks.ts';
import { lab, type Point, type Variant } from '../runner/lab.ts';
import { liveDetection } from './live.ts';
import { digits } from '../runner/units.ts';
import { contains, passConfidence, poissonInterval, shownConfidence } from '../statistics/interval.ts';

const intervalMs = 500;
/** How often a monitor looks at its nodes. */
const lookMs = 125;
/** Dead after so many intervals of silence. */
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
    'A node sends a heartbeat twice a second. How soon may you call it dead, if one in five heartbeats is lost?',
  seconds: 130,
  cores: 2,
  parameters: { loss: { unit: '%', values: [0.2, 0.15, 0.25] } },
  formula: 'mean detection = dead after - interval / 2; false alarms per hour = beats per hour x (1 - p) p^3',
  assumptions: [
    'a crash is equally likely at every moment between two heartbeats',
    'heartbeats are lost independently of each other, with probability p',
    'heartbeats need no time on the way, and the detector notices the end of its time-out at once',
  ],
  quantities: ({ loss }) => [
    { id: 'detection', label: 'mean time to detect a crash', unit: 'ms', theory: deadAfterMs - intervalMs / 2 },
    { id: 'alarms', label: 'false alarms of the fixed detector per hour', unit: 'count', theory: alarmsPerHour(loss!) },
  ],
  virtual({ loss }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const random = seededRandom(`${seed}/crashes`);
    let detectedMs = 0;
    for (let i = 0; i < crashes; i++) {
      // The moment of the crash since the last heartbeat. Broken: nodes crash just after they have sent one.
      const sinceBeatMs = variant === 'broken' ? 0 : intervalMs * random.next();
      detectedMs += deadAfterMs - sinceBeatMs;
    }
    const detection = meanOf('detection', detectedMs / crashes, crashes, intervalMs / Math.sqrt(12 * crashes));
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
          `${phiAlarms} in ${hours} hours, at phi 8`,
        ),
        check(
          'but phi waits at least twice as long',
          phiSilenceMs >= 2 * deadAfterMs,
          `${digits(phiSilenceMs)} ms of silence`,
        ),
      ],
      timeline: [...timeline, `phi reaches 8 after ${digits(phiSilenceMs)} ms of silence, at this loss`],
    };
  },
  async live({ loss }, context) {
    const found = await liveDetection({ deadAfterMs, loss: loss! }, context);
    const n = found.fixedMs.length;
    // The monitor looks at its nodes every 125 ms, so on average it notices the end of a time-out 62 ms late.
    const mean = found.fixedMs.reduce((sum, ms) => sum + ms, 0) / n - lookMs / 2;
    const scatterMs = Math.sqrt((intervalMs ** 2 + lookMs ** 2) / 12);
    const detection = meanOf('detection', mean, n, scatterMs / Math.sqrt(n));
    const { fixedAlarms, phiAlarms, linkHours } = found;
    const shown = poissonInterval(fixedAlarms, shownConfidence);
    const expected = linkHours * alarmsPerHour(loss!);
    const phiMedianMs = found.phiMs.toSorted((a, b) => a - b)[Math.floor(found.phiMs.length / 2)];
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
        detection.isTheory('a crash is detected after 1.5 s on average', deadAfterMs - intervalMs / 2, checks),
        check(
          `${lostInARow} lost heartbeats in a row are a false alarm`,
          contains(poissonInterval(fixedAlarms, passConfidence(checks)), expected),
          `${fixedAlarms} in ${digits(linkHours * 3_600)} s of links; theory ${digits(expected)}`,
        ),
        check(
          'phi raises hardly any: at most a fifth as many',
          phiAlarms <= Math.max(1, fixedAlarms / 5),
          `${phiAlarms} at phi 8`,
        ),
      ],
      timeline: [
        `the fixed detector noticed ${n} crashes after ${found.fixedMs.map((ms) => digits(ms)).join(', ')} ms`,
        `phi reached 8 after ${phiMedianMs === undefined ? 'none' : digits(phiMedianMs)} ms of silence (median), ` +
          'while no heartbeat was lost',
      ],
      faults: found.proofs,
    };
  },
  variants: {
    broken: 'all nodes crash just after they have sent a heartbeat',
    control: 'heartbeats are lost in bursts: two losses of three are followed by another one',
  },
  hints: [
    'How long has the node been silent when it crashes? And how many heartbeats must be lost in a row to look ' +
      'like a crash?',
    'The last heartbeat was half an interval ago on average. A false alarm needs one that arrives, then three ' +
      'losses: (1 - p) p^3 per heartbeat.',
    'A friend writes every day, and one letter in ten is lost. If you worry after 2.5 days, you do so .9 x .1 x ' +
      '.1 x 365 = 3.3 times a year for nothing.',
  ],
  explanation: ({ loss }) =>
    `The fixed detector notices a crash after ${deadAfterMs - intervalMs / 2} ms on average: ${deadAfterMs} ms of
silence, of which half an interval had passed already. At a loss of ${100 * loss!}% it also calls a healthy node dead
${digits(alarmsPerHour(loss!))} times per hour, because three heartbeats in a row are lost that often.

Phi learns from the sequence numbers how much is lost. It waits as long as this loss makes necessary, so it raises
hardly any false alarm. The price is the time: it needs several seconds of silence before it is sure.

No detector has both. Over a network that loses messages, a slow or unlucky node cannot be told from a dead one. You
choose what a false alarm and a late detection cost you, and set the detector accordingly.`,
  transfer: {
    question:
      'You send heartbeats ten times as often, every 50 ms, and keep 1.75 s of silence. What happens to both numbers?',
    answer:
      'Detection takes 1.725 s on average, hardly longer. A false alarm now needs about 34 losses in a row: ' +
      '.2^34, so never. More messages buy certainty.',
  },
});

const alarmsPerHour = (p: number): number => (3_600_000 / intervalMs) * (1 - p) * p ** lostInARow;

/** A healthy node behind a lossy link, seen by a fixed detector and by the phi detector of the monitors. */
function watch(seed: string, p: number, variant: Variant) {
  const random = seededRandom(`${seed}/link`);
  const phi = createPhiDetector({ expectedIntervalMs: intervalMs });
  const beats = (hours * 3_600_000) / intervalMs;
  let alarms = 0;
  let phiAlarms = 0;
  let lost = 0;
  let lastAt = 0;
  let timeline: string[] = [];
  const isLost = (): boolean => random.next() < (variant === 'control' && lost > 0 ? 2 / 3 : p);
  for (let beat = 1; beat <= beats; beat++) {
    const now = beat * intervalMs;
    if (isLost()) {
      lost++;
      continue;
    }
    if (now - lastAt > deadAfterMs) {
      alarms++;
      if (timeline.length === 0)
        timeline = [
          `${digits(lastAt)} ms  heartbeat ${lastAt / intervalMs} arrives`,
          `         ${lost} heartbeats are lost`,
          `${digits(lastAt + deadAfterMs)} ms  the fixed detector calls the node dead: a false alarm`,
          `${digits(now)} ms  heartbeat ${beat} arrives`,
        ];
    }
    // Suspicion only grows while the node is silent, so its peak is just before the next heartbeat. Phi has to learn
    // first.
    if (beat > 200 && phi.phi(now) >= 8) phiAlarms++;
    phi.hear({ incarnation: 1, sequence: beat }, now);
    lost = 0;
    lastAt = now;
  }
  let silenceMs = 0;
  while (phi.phi(lastAt + silenceMs) < 8 && silenceMs < 60_000) silenceMs += 50;
  return { alarms, phiAlarms, phiSilenceMs: silenceMs, timeline };
}
