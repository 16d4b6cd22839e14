import { constant, exponential, uniform } from '../../shared/time/sim/distribution.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { check, meanOf, nothing, measuredShare } from '../kit/checks.ts';
import { cyclesOf, probesUp, totalOf, uptimeError, uptimeShare } from '../kit/up-down.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

const incidents = 4_000;
const systems = [
  { id: 'base', label: 'as it is', up: 1, down: 1 },
  { id: 'repair', label: 'MTTR halved', up: 1, down: 0.5 },
  { id: 'quality', label: 'time up doubled', up: 2, down: 1 },
] as const;
/** The mean parts of the time to repair. */
const parts = { detection: 0.5, diagnosis: 0.2, fix: 0.3 } as const;
/** Sums of the same numbers in another order differ by rounding, s. */
const rounding = 1e-9;
/** A monitor looks this often at each system. */
const probes = 10_000;
/** For each system the mean uptime, and what the probes see. */
const checks = 2 * systems.length;

/** Availability by fewer failures, or by faster repairs. */
export const mtbfAndMttr = lab({
  id: '17',
  name: 'mtbf-and-mttr',
  topic: 'MTBF and MTTR',
  question: 'Which helps more: half as many failures, or repairs that take half as long?',
  seconds: 1,
  cores: 1,
  parameters: { up: { unit: 's', values: [30, 24, 40] }, down: { unit: 's', values: [5, 4, 8] } },
  formula: 'A = (MTBF - MTTR) / MTBF, with MTBF = up + down and MTTR = down = detection + diagnosis + fix',
  assumptions: [
    'MTBF is the time from one failure to the next, so it contains the repair',
    'MTBF and MTTR are means over many failures',
    'a repair makes the system as good as new',
  ],
  quantities: ({ up, down }) =>
    systems.map((system) => ({
      id: system.id,
      label: `availability: ${system.label}`,
      unit: '%',
      theory: (system.up * up!) / (system.up * up! + system.down * down!),
    })),
  virtual({ up, down }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const points: Point[] = [];
    const found: Check[] = [];
    const timeline: string[] = [];
    for (const system of systems) {
      const meanDown = system.down * down!;
      const random = seededRandom(`${seed}/${system.id}`);
      // Broken: a repair also needs a person, who comes after a while. Control: a bad repair is followed by the next
      // failure at once, so incidents are not alike.
      const upTime = exponential(system.up * up!);
      const partsOf: (readonly number[])[] = [];
      const cycles = cyclesOf(
        incidents,
        variant === 'control' ? (draw) => (draw.next() < 0.3 ? constant(0.1)(draw) : upTime(draw)) : upTime,
        (draw) => {
          const drawn = Object.values(parts).map((share) => uniform(0, 2 * share * meanDown)(draw));
          partsOf.push(drawn);
          return totalOf(drawn) + (variant === 'broken' ? 2 : 0);
        },
        random,
      );
      const measured = meanOf(system.id, uptimeShare(cycles), incidents, uptimeError(cycles));
      points.push(measured.point);
      found.push(
        measured.isTheory(
          `${system.label}: A = (MTBF - MTTR) / MTBF`,
          (system.up * up!) / (system.up * up! + meanDown),
          checks,
        ),
      );
      const mtbf = mean(cycles.map((cycle) => cycle.up + cycle.down));
      const mttr = mean(cycles.map((cycle) => cycle.down));
      const byFormula = (mtbf - mttr) / mtbf;
      const probed = measuredShare('', probesUp(cycles, probes, seededRandom(`${seed}/${system.id}/probes`)), probes);
      found.push(
        probed.isTheory(`${system.label}: at random times, it is up as often as the formula says`, byFormula, checks),
      );
      const apart = cycles.filter((cycle, i) => Math.abs(totalOf(partsOf[i]!) - cycle.down) > rounding).length;
      found.push(
        check(
          `${system.label}: detection + diagnosis + fix is the time to repair of each failure`,
          apart === 0,
          `${incidents - apart} of ${incidents}`,
        ),
      );
      const means = Object.keys(parts).map((name, i) => `${name} ${digits(mean(partsOf.map((all) => all[i]!)))} s`);
      timeline.push(`${system.label.padEnd(16)} MTBF ${digits(mtbf)} s, MTTR ${digits(mttr)} s = ${means.join(' + ')}`);
    }
    return { points, checks: found, timeline };
  },
  variants: {
    broken: 'each repair waits two seconds for a person',
    control: 'after three of ten repairs, the next failure comes at once',
  },
  hints: [
    'Draw one failure and the next failure on a line. What happens between them?',
    'MTBF = up + down. The system is up for the share (MTBF - MTTR) / MTBF of the time.',
    'A printer works for 9 hours. Then its repair takes 1 hour. So MTBF = 10 hours, and A = (10 - 1) / 10 = 90%.',
  ],
  explanation: ({ up, down }) =>
    `Both changes give the same availability: ${digits((100 * up!) / (up! + down! / 2))}%. Only the ratio of up and down
counts, and both changes double it.

But they do not cost the same. Hardware that fails half as often is expensive. The time to repair is detection +
diagnosis + fix, and software can shorten all three. Heartbeats shorten the detection, evidence shortens the diagnosis,
and an automatic restart shortens the fix. So this system has monitors.

Users notice another difference. With twice the time up, there are about half as many failures. With half the MTTR,
there are as many as before. Lab 16 shows why this matters.`,
  transfer: {
    question:
      'Your MTTR is 50% detection, 20% diagnosis and 30% fix. You can halve one of the three. By how much can A grow?',
    answer:
      'Halve the detection: MTTR falls by a quarter. With 30 s up and 5 s down, A grows from .857 to 30 / 33.75 = ' +
      '.889.',
  },
});

const mean = (values: readonly number[]): number => totalOf(values) / values.length;
