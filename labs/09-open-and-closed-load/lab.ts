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
    'the open loop sends at even distances',
    'the run lasts 10 s and has one stall, so that stall / 10 s of the open arrivals meet it',
    'the server catches up quickly after the stall',
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
    broken:
      'the open loop times its calls from sending and waits for a free connection: it is a closed loop in disguise',
    control: 'the server does not stall, but fails at once during this second: nobody waits',
  },
  hints: [
    'Who does not send while the server stalls? And which users would have come in this second?',
    'At 100/s, 100 users come during a stall of 1 s. They wait from 1 s down to 0. That is a tenth of the 1,000 ' +
      'users. p99 is the wait that only 1% of all users exceed, so a tenth of these 100.',
    'A lift stands still for 10 minutes in an hour. If people come evenly, a sixth of them wait, up to 10 ' +
      'minutes. The one who stands in it counts one long trip.',
  ],
  explanation: ({ stall, rate }) =>
    `The open loop sends ${rate!} calls per second, whatever the server does. All that were due in the stall wait, from
${stall!} ms down to 0. They are ${stall! / 100}% of all calls, so p99 is about ${stall! - 100} ms.

The closed loop has ${clients} clients. Each waits for its answer, so during the stall nobody sends anything. It
records ${clients} slow calls among thousands of fast ones, and its p99 is the service time. This is called
coordinated omission: the server's stall stops the measurement, too.

Real users are an open loop: a new one does not know that the server is stalled. So an open loop says what they
suffer. A closed loop is right where the callers are few and each one waits for its answer.`,
  transfer: {
    question: 'A test reports p99 = 8 ms and a maximum of 4 s in a minute, with 10 clients. What do you ask first?',
    answer:
      'Whether it was a closed loop. One stall of 4 s in 60 s would meet 1/15 of the users of an open loop, so ' +
      'their p99 would be about 3.4 s.',
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
