import { constant, exponential } from '../../shared/time/sim/distribution.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { check, meanOf, nothing, measuredShare } from '../kit/checks.ts';
import { type Cycle, cyclesOf, uptimeError, uptimeShare } from '../kit/up-down.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { liveSystems } from './live.ts';

const cycles = 4_000;
/** Two systems with the same availability. */
const systems = [
  { id: 'calm', label: 'the calm system' },
  { id: 'hasty', label: 'the hasty system' },
] as const;
const checks = 4;
/** If failures come at fixed times, the availability may be this far from its formula: eight standard errors. */
const mostAgedDifference = 0.015;
/** The live form runs this many times faster, so that a minute has enough failures. */
const pace = 5;
/** What probes see may differ from the schedule by this much: a probe can miss a very short failure. */
const most = { availability: 0.02, reliability: 0.05 };

/** Reliability and availability measure different things. */
export const reliabilityAndAvailability = lab({
  id: '16',
  name: 'reliability-and-availability',
  topic: 'reliability is not availability',
  question: 'Two systems are up for 86% of the time. Which one lets you finish a job of ten seconds?',
  seconds: 65,
  cores: 2,
  failuresExpected: true,
  parameters: { up: { unit: 's', values: [30, 24, 36] }, job: { unit: 's', values: [10, 8, 12] } },
  formula: 'A = up / (up + down); R(t) = e^(-t / up)',
  assumptions: [
    'the times between failures are exponential: a failure is equally likely at each moment',
    'a job begins when the system is up',
  ],
  quantities: ({ up, job }) =>
    systems.flatMap(({ id, label }) => {
      const mean = upOf(id, up!);
      return [
        { id: `a-${id}`, label: `availability: ${label}`, unit: '%' as const, theory: mean / (mean + downOf(id, up!)) },
        { id: `r-${id}`, label: `R(${job} s): ${label}`, unit: '%' as const, theory: Math.exp(-job! / mean) },
      ];
    }),
  virtual({ up, job }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const points: Point[] = [];
    const found: Check[] = [];
    const timeline: string[] = [];
    for (const { id, label } of systems) {
      const meanUp = upOf(id, up!);
      const meanDown = downOf(id, up!);
      // Broken: repairs take twice as long as they should. Control: the system ages, so failures come at fixed times.
      const run = cyclesOf(
        cycles,
        variant === 'control' ? constant(meanUp) : exponential(meanUp),
        exponential(variant === 'broken' ? 2 * meanDown : meanDown),
        seededRandom(`${seed}/${id}`),
      );
      const a = meanOf(`a-${id}`, uptimeShare(run), cycles, uptimeError(run));
      const survived = run.filter((cycle) => cycle.up > job!).length;
      const r = measuredShare(`r-${id}`, survived, cycles);
      points.push(a.point, r.point);
      found.push(a.isTheory(`${label}: A is up / (up + down)`, meanUp / (meanUp + meanDown), checks));
      found.push(r.isTheory(`${label}: R is e^(-t / up)`, Math.exp(-job! / meanUp), checks));
      timeline.push(`${label.padEnd(16)} ${picture(run)}`);
    }
    found.push(...agedSystems(up!, job!, seed));
    return { points, checks: found, timeline: [...timeline, '= one second up, . one second down'] };
  },
  async live({ up, job }, context) {
    const timesOf = (id: Id) => ({
      up: upOf(id, up!) / pace,
      down: downOf(id, up!) / pace,
      job: job! / pace,
    });
    const observed = await liveSystems(Object.fromEntries(systems.map(({ id }) => [id, timesOf(id)])), context);
    const modelled = await reliabilityAndAvailability.virtual!({ up: up!, job: job! }, context.seed, 'correct');
    const compared = systems.flatMap(({ id, label }) =>
      (['availability', 'reliability'] as const).map((what) => {
        const { measured, schedule } = observed[id]!;
        return check(
          `live: ${label}: the probes show the ${what} that follows from the times of the faults`,
          Math.abs(measured[what] - schedule[what]) <= most[what],
          `${digits(100 * measured[what])}% for ${digits(100 * schedule[what])}%`,
        );
      }),
    );
    return {
      points: modelled.points,
      checks: [...compared, ...modelled.checks],
      timeline: [
        ...systems.map(({ id, label }) => {
          const { outages, probes, measured } = observed[id]!;
          const [a, r] = [measured.availability, measured.reliability].map((share) => digits(100 * share));
          return `live: ${label}: ${outages} failures, ${probes} probes; A = ${a}%, R = ${r}%`;
        }),
        ...modelled.timeline,
      ],
      faults: systems.map(({ id }) => observed[id]!.proof),
    };
  },
  variants: {
    broken: 'repairs take twice as long',
    control: 'failures come at fixed times, so the times between failures are not exponential',
  },
  hints: [
    'Availability asks: is it up now? Reliability asks: does it stay up until I am done?',
    'With exponential times, the probability of no failure until t is e^(-t / up). It does not depend on the repair.',
    'A bus runs for 60 minutes between breakdowns, on average. A trip of 30 minutes succeeds with e^(-.5) = 61%. A ' +
      'quick repair does not change this.',
  ],
  explanation: ({ up, job }) =>
    `Both systems are up for ${Math.round((100 * up!) / (up! + up! / 6))}% of the time, because the ratio of up and down
is the same.

A job of ${job!} s shows the difference. It fails if there is any failure, so only the time up counts:
e^(-${job!}/${up!}) = ${Math.exp(-job! / up!).toFixed(3)} for the calm system, and
e^(-${job!}/${up! / 10}) = ${Math.exp((-10 * job!) / up!).toFixed(3)} for the hasty one. Faster repairs improve the
availability, but they do not help this job.

The formula of R assumes exponential times between failures. In two checks, these times are fixed. Then the system
finishes every job that is shorter than this time, and no longer job. The formula of A uses only mean times, so A does
not change.

So think of your users. Some can ask again after a second: they need availability. Others have a long session, or run a
long computation: they need reliability. Or they need checkpoints, which cut a long job into short ones.`,
  transfer: {
    question:
      'You split the job of ten seconds into ten jobs of one second, each repeated until it succeeds. What did ' +
      'you change?',
    answer:
      'R(1 s) of the hasty system is e^(-1/3) = 72%, so each part needs 1.4 attempts on average. With checkpoints, a ' +
      'long job needs availability, and no longer reliability.',
  },
});

/**
 * The assumption does not hold here: failures come at fixed times. The availability follows its formula, because it
 * needs mean times only. The reliability does not: it is 100% or 0%.
 */
function agedSystems(up: number, job: number, seed: string): Check[] {
  return systems.map(({ id, label }) => {
    const mean = upOf(id, up);
    const random = seededRandom(`${seed}/aged/${id}`);
    const run = cyclesOf(cycles, constant(mean), exponential(downOf(id, up)), random);
    const a = uptimeShare(run);
    const theory = mean / (mean + downOf(id, up));
    const r = run.filter((cycle) => cycle.up > job).length / cycles;
    return check(
      `failures at fixed times: ${label} has the A of the formula, but another R`,
      Math.abs(a - theory) < mostAgedDifference && r === (mean > job ? 1 : 0),
      `A ${digits(100 * a)}% for ${digits(100 * theory)}%; R(${job} s) ${100 * r}%, and the formula says ` +
        `${digits(100 * Math.exp(-job / mean))}%`,
    );
  });
}

type Id = (typeof systems)[number]['id'];
const upOf = (id: Id, up: number): number => (id === 'calm' ? up : up / 10);
/** The time down is a sixth of the time up, so the availability is 6/7 for both systems. */
const downOf = (id: Id, up: number): number => upOf(id, up) / 6;

/** The first minute, a character per second. */
function picture(run: readonly Cycle[]): string {
  const shownSeconds = 60;
  let text = '';
  for (const { up, down } of run) {
    text += '='.repeat(Math.round(up)) + '.'.repeat(Math.max(1, Math.round(down)));
    if (text.length >= shownSeconds) break;
  }
  return text.slice(0, shownSeconds);
}
