import { settings } from '../../services/monitor/settings.ts';
import { thresholds } from '../../services/monitor/thresholds.ts';
import { check, nothing, unknown, within } from '../kit/checks.ts';
import { type Check, lab } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { meanInterval, shownConfidence } from '../statistics/interval.ts';
import { brokenInvariant } from './broken-invariant.ts';
import { liveHangs } from './live.ts';
import { hangMs, healthyPerSecond, poolRun, quickMs, warmUpSeconds, poolWorkers } from './pool.ts';

/** A pool of workers, and one dependency that hangs: it takes all workers, unless a breaker fails fast. */
export const watchdogsAndFailFast = lab({
  id: '25',
  name: 'watchdogs-and-fail-fast',
  topic: 'fail-fast',
  question: 'One of two services behind your server hangs. Why do the requests that do not need it fail, too?',
  seconds: 35,
  cores: 2,
  failuresExpected: true,
  parameters: { rate: { unit: '/s', values: [20, 16, 24] } },
  attach: {
    dashboard: 'tierlab-incidents',
    see:
      '"Suspicion" rises for query-1 while its main loop sends the heartbeats, and stays low while a thread does. ' +
      '"Repair orders" shows who restarted it.',
  },
  formula: 'Erlang B with a = rate x hang: B = (a^k / k!) / (sum of a^i / i! for i = 0 to k); served = 1 - B',
  assumptions: [
    'requests arrive at random (a Poisson process)',
    'no request waits: without a free worker it is refused',
    'healthy requests take far less time than hanging ones, so they hardly occupy workers',
  ],
  quantities: ({ rate }) => [
    {
      id: 'without',
      label: 'healthy requests served, breaker off',
      unit: '%',
      theory: 1 - erlangB(poolWorkers, load(rate!)),
    },
    { id: 'with', label: 'healthy requests served, breaker on', unit: '%', theory: 1 },
  ],
  async virtual({ rate }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const off = await poolRun({ seed: `${seed}/off`, rate: rate!, breaker: false, variant });
    const on = await poolRun({ seed: `${seed}/on`, rate: rate!, breaker: true, variant });
    const offShare = meanInterval(off.shares, shownConfidence);
    const onShare = meanInterval(on.shares, shownConfidence);
    const theory = 1 - erlangB(poolWorkers, load(rate!));
    const fast = await brokenInvariant(`${seed}/fail-fast`, true);
    const slow = await brokenInvariant(`${seed}/go-on`, false);
    return {
      points: [
        { id: 'without', measured: offShare.mean, n: off.healthy, interval: offShare },
        { id: 'with', measured: onShare.mean, n: on.healthy, interval: onShare },
      ],
      checks: [
        within('breaker off: the served share is 1 - B', offShare.mean, theory, 0.1, off.healthy),
        check('breaker on: at least 99% are served', onShare.mean >= 0.99, `${digits(100 * onShare.mean)}%`),
        check('calls to the hanging service wait for the time-out', off.timedOut > 1_000, `${off.timedOut} of them`),
        check(
          'a broken invariant, fail-fast: a crash and a restart, and no bad answer',
          fast.bad === 0 && fast.crashes === 1 && fast.good > 0,
          `${fast.bad} bad answers, ${fast.failed} errors, ${fast.crashes} crash`,
        ),
        check(
          'without fail-fast there are bad answers',
          slow.bad > 0,
          `${slow.bad} bad answers, ${slow.failed} errors`,
        ),
      ],
      timeline: [
        ...off.timeline,
        `with the breaker, after ${warmUpSeconds} s: at most ${on.mostBusy} of ${poolWorkers} workers are busy`,
      ],
    };
  },
  async live({ rate }, context) {
    const { mainLoop, thread } = await liveHangs(context);
    const modelled = await watchdogsAndFailFast.virtual!({ rate: rate! }, context.seed, 'correct');
    const hung = !mainLoop.answered && !thread.answered;
    const seconds = (ms: number | undefined): string => (ms === undefined ? 'never' : `after ${digits(ms / 1_000)} s`);
    const live = (label: string, ok: boolean, detail: string): Check =>
      hung ? check(label, ok, detail) : unknown(label, 'the main loop did not hang', 'run the lab again');
    return {
      points: modelled.points,
      checks: [
        live(
          'live: heartbeats from the main loop stop with it',
          mainLoop.phi >= thresholds.phi,
          `phi rises to ${digits(mainLoop.phi)}; restarted ${seconds(mainLoop.restartedAfterMs)}`,
        ),
        live(
          'live: heartbeats from a thread go on',
          thread.phi < settings.suspectPhi,
          `phi is ${digits(thread.phi)} at most, and no call is answered`,
        ),
        live(
          'live: the main-loop watchdog restarts the node all the same',
          thread.restartedAfterMs !== undefined,
          seconds(thread.restartedAfterMs),
        ),
        ...modelled.checks,
      ],
      timeline: [
        `main loop sends: phi ${digits(mainLoop.phi)}, restarted ${seconds(mainLoop.restartedAfterMs)}`,
        `thread sends: phi ${digits(thread.phi)}, restarted ${seconds(thread.restartedAfterMs)}`,
        ...modelled.timeline,
      ],
    };
  },
  variants: {
    broken: 'the breaker opens, but its calls still wait for the whole time-out',
    control: 'the service does not hang: it takes 10 ms as usual',
  },
  hints: [
    'What does a worker do while its service hangs? And how many workers are left for others?',
    'The load is a = rate x hang = 20/s x 5 s = 100 workers wanted, and there are 50. Erlang B gives the share of ' +
      'requests that find none free.',
    'A hotel has 2 rooms. One guest per day comes on average, and stays for 2 days: a = 2 and k = 2. So ' +
      'B = 2 / (1 + 2 + 2) = 40% find no room.',
  ],
  explanation: ({ rate }) =>
    `Hanging requests want ${load(rate!).toFixed(0)} workers, and there are ${poolWorkers}. So nearly all workers wait for a
service that does not answer. A healthy request needs a worker for only ${quickMs} ms, and it finds none:
${digits(100 * erlangB(poolWorkers, load(rate!)))}% of them fail, although their own service is well.

The breaker fails fast. After some failures it refuses calls to the hanging service at once, so no worker waits for
it. The requests that need this service still fail, but nobody else does. That is isolation.

A heartbeat from a thread of its own goes on all the time, because that thread needs neither a worker nor the main loop.
Evidence must come from where the work is done. So Tierlab sends heartbeats from the main loop, and its watchdog asks
the main loop itself.

Fail-fast goes further: a process that finds its own memory broken ends at once. Callers see a few errors and no wrong
answer, and a new process begins with sound memory. A process that goes on answers every call, and answers wrongly.`,
  transfer: {
    question: 'You shorten the time-out from 5 s to 1 s instead of using a breaker. What is served now?',
    answer:
      'a = 20 x 1 = 20 workers of 50, so B is far below 0.1%. A short time-out isolates, too, as long as rate x ' +
      'time-out stays below the number of workers.',
  },
});

/** The load in erlangs. Healthy requests occupy workers, too, for a short time. */
const load = (rate: number): number => (rate * hangMs + healthyPerSecond * quickMs) / 1_000;

/** The stable recursion of Erlang's loss formula: B(k) = a B(k-1) / (k + a B(k-1)). */
function erlangB(k: number, a: number): number {
  let blocked = 1;
  for (let i = 1; i <= k; i++) blocked = (a * blocked) / (i + a * blocked);
  return blocked;
}
