import { nearestRank } from '../../shared/quantile.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { createStation } from '../../shared/time/sim/station.ts';
import { check, exactly, nothing } from '../kit/checks.ts';
import { lab, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

const durationMs = 10_000;
const clients = 5;
const serviceMs = 5;

/** One stall, seen by two load generators: one waits for answers, the other does not. */
export const openAndClosedLoad = lab({
  id: '09',
  name: 'open-and-closed-load',
  topic: 'open and closed load',
  question: 'A server stalls for one second. Why do some load tests not see it?',
  seconds: 1,
  cores: 1,
  parameters: { stall: { unit: 'ms', values: [1_000, 800, 1_200] }, rate: { unit: '/s', values: [100, 150, 200] } },
  formula: 'open loop: p99 = stall - 1% of the run; closed loop: p99 = the service time',
  assumptions: [
    'the calls of the open loop come at equal distances',
    'the run takes 10 s, and has one stall',
    'the server answers the waiting calls quickly after the stall',
    'fewer than 1% of the closed calls are under way when the stall begins',
  ],
  quantities: ({ stall }) => [
    { id: 'open', label: 'p99 of the open loop', unit: 'ms', theory: stall! - 0.01 * durationMs },
    { id: 'closed', label: 'p99 of the closed loop', unit: 'ms', theory: serviceMs },
  ],
  async virtual({ stall, rate }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const open = await load(`${seed}/open`, stall!, rate!, 'open', variant);
    const closed = await load(`${seed}/closed`, stall!, rate!, 'closed', variant);
    const theory = stall! - 0.01 * durationMs;
    return {
      points: [
        exactly('open', nearestRank(open, 0.99), open.length),
        exactly('closed', nearestRank(closed, 0.99), closed.length),
      ],
      checks: [
        check(
          `open: p99 is within -50 and +100 ms of ${theory} ms`,
          nearestRank(open, 0.99) >= theory - 50 && nearestRank(open, 0.99) <= theory + 100,
          `${digits(nearestRank(open, 0.99))} ms`,
        ),
        check('closed: p99 is below 20 ms', nearestRank(closed, 0.99) < 20, `${digits(nearestRank(closed, 0.99))} ms`),
        check(
          'closed: less than 1% of its calls meet the stall',
          clients / closed.length < 0.01,
          `${clients} of ${closed.length} calls`,
        ),
        check(
          'both see the stall in their maximum',
          Math.min(Math.max(...open), Math.max(...closed)) > 0.9 * stall!,
          `${digits(Math.max(...open))} ms and ${digits(Math.max(...closed))} ms`,
        ),
      ],
      timeline: [
        `open:   ${open.filter((each) => each > 20).length} of ${open.length} calls took more than 20 ms`,
        `closed: ${closed.filter((each) => each > 20).length} of ${closed.length} calls took more than 20 ms`,
      ],
    };
  },
  variants: {
    broken: 'the open loop waits for a free connection, and measures from sending: so it is really a closed loop',
    control: 'the server does not stall: during this second, it fails at once, so no call waits',
  },
  hints: [
    'Which of the two loops sends nothing while the server stalls? How many users would have come in this second?',
    'At 100/s, 100 users come during a stall of 1 s. They wait from 1 s down to 0 s. They are a tenth of all 1,000 ' +
      'users. Only 1% of all users wait longer than p99. These are 10 of the 100.',
    'A lift stands still for 10 minutes in an hour. If people come evenly, a sixth of them wait, for up to 10 ' +
      'minutes. But a person inside the lift notices only one long trip.',
  ],
  explanation: ({ stall, rate }) =>
    `The open loop sends ${rate!} calls per second, also during the stall. The calls that are due in the stall wait,
from ${stall!} ms down to 0. They are ${stall! / 100}% of all calls, so p99 is about ${stall! - 100} ms.

The closed loop has ${clients} clients. Each client waits for its answer, so during the stall no client sends a call.
The loop has ${clients} slow calls and thousands of fast ones. So its p99 is the service time. This mistake is called
coordinated omission: the stall stops the measurement, too.

Real users are an open loop: a new user does not know that the server stalls. So an open loop shows how long users wait.
A closed loop is right if there are few callers, and each of them waits for its answer.`,
  transfer: {
    question:
      'A test with 10 clients runs for a minute. Its p99 is 8 ms, and its maximum is 4 s. What do you ask first?',
    answer:
      'You ask whether it was a closed loop. In an open loop, a stall of 4 s in 60 s meets 1/15 of the users. Then ' +
      'p99 is about 3.4 s.',
  },
});

/** The response times of one generator, ms. The server stalls from the third second on. */
async function load(seed: string, stallMs: number, rate: number, kind: 'open' | 'closed', variant: Variant) {
  const sim = createSimulation(seed);
  const stallAt = 3_000;
  const station = createStation({ ...sim, workers: 8, serviceTime: () => serviceMs });
  const took: number[] = [];
  const isStalled = (): boolean => sim.clock.now() >= stallAt && sim.clock.now() < stallAt + stallMs;
  const resume = (): Promise<void> =>
    new Promise((resolve) => void sim.scheduler.after(stallAt + stallMs - sim.clock.now(), resolve));
  const call = async (): Promise<void> => {
    if (isStalled() && variant === 'control') return sleep(sim.scheduler, 1);
    if (isStalled()) await resume();
    await station.work();
    // Requests that were being served when the stall began also wait.
    if (isStalled() && variant !== 'control') await resume();
  };
  const timed = async (fromMs: number): Promise<void> => {
    await call();
    took.push(sim.clock.now() - fromMs);
  };
  const client = async (): Promise<void> => {
    while (sim.clock.now() < durationMs) await timed(sim.clock.now());
  };
  const asClosed = kind === 'closed' || variant === 'broken';
  if (asClosed) for (let i = 0; i < clients; i++) void client();
  else {
    const gapMs = 1_000 / rate;
    const arrive = (): void => {
      if (sim.clock.now() >= durationMs) return;
      void timed(sim.clock.now());
      sim.scheduler.after(gapMs, arrive);
    };
    sim.scheduler.after(gapMs * sim.random.next(), arrive);
  }
  await sim.run();
  return took;
}
