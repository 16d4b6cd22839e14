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
  question: 'One of two services behind your server hangs. Why do requests for the other service fail, too?',
  seconds: 35,
  cores: 2,
  failuresExpected: true,
  parameters: { rate: { unit: '/s', values: [20, 16, 24] } },
  attach: {
    dashboard: 'tierlab-incidents',
    see:
      '"Suspicion" rises for query-1 if its main loop sends the heartbeats. It stays low if a thread sends them. ' +
      '"Repair orders" shows who restarted the node.',
  },
  formula: 'Erlang B with a = rate x hang: B = (a^k / k!) / (sum of a^i / i! for i = 0 to k); served = 1 - B',
  assumptions: [
    'requests arrive at random (a Poisson process)',
    'a request that finds no free worker fails at once',
    'healthy requests are short, so they need hardly any workers',
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
          'damaged data, with fail-fast: a crash and a restart, and no wrong answer',
          fast.bad === 0 && fast.crashes === 1 && fast.good > 0,
          `${fast.bad} bad answers, ${fast.failed} errors, ${fast.crashes} crash`,
        ),
        check(
          'damaged data, without fail-fast: there are wrong answers',
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
          'live: heartbeats from the main loop stop when it hangs',
          mainLoop.phi >= thresholds.phi,
          `phi rises to ${digits(mainLoop.phi)}; restarted ${seconds(mainLoop.restartedAfterMs)}`,
        ),
        live(
          'live: heartbeats from a thread go on',
          thread.phi < settings.suspectPhi,
          `phi is ${digits(thread.phi)} at most, and no call is answered`,
        ),
        live(
          'live: the watchdog that checks the main loop restarts the node',
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
    'What does a worker do while its service hangs? How many workers are left for other requests?',
    'The hanging requests would need a = rate x hang = 20/s x 5 s = 100 workers, and there are 50. Erlang B gives ' +
      'the share of the requests that find no free worker.',
    'A hotel has 2 rooms. One guest per day comes on average, and stays for 2 days: a = 2 and k = 2. So ' +
      'B = 2 / (1 + 2 + 2) = 40% of the guests find no room.',
  ],
  explanation: ({ rate }) =>
    `The hanging requests need ${load(rate!).toFixed(0)} workers, and there are ${poolWorkers}. So nearly all workers
wait for a service that does not answer. A healthy request needs a worker for only ${quickMs} ms, but often no worker is
free. So ${digits(100 * erlangB(poolWorkers, load(rate!)))}% of the healthy requests fail, although their service works.

The breaker fails fast. After some failures, it refuses calls to the hanging service at once. So no worker waits for
this service. The requests that need the hanging service still fail, but no other requests fail. This is isolation.

If a separate thread sends the heartbeats, they go on while the main loop hangs. Then they say nothing about the work.
So in Tierlab the main loop sends the heartbeats, and the watchdog checks the main loop.

A process can also fail fast: if it finds that its data are damaged, it ends at once. Callers get a few errors, and no
wrong answer. Then a new process begins with good data. Without fail-fast, the process goes on, and gives wrong
answers.`,
  transfer: {
    question:
      'You use no breaker, but a time-out of 1 s instead of 5 s. Which share of the healthy requests is served?',
    answer:
      'a = 20 x 1 = 20 workers of 50, so B is far below 0.1%. A short time-out also isolates, if rate x time-out is ' +
      'far below the number of workers.',
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
