import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Call, Endpoint, Layer } from './call.ts';
import { attempts } from './layers/replicas/attempts.ts';
import type { AttemptEnd, Learn } from './layers/replicas/attempt-end.ts';
import { attemptTimeout } from './layers/retries/attempt-timeout.ts';
import { balance } from './layers/balancing/balance.ts';
import { batch, type BatchCodec } from './layers/sharing/batch.ts';
import { breaker } from './layers/overload/breaker.ts';
import { type Budgets, createBudgets } from './layers/retries/budget.ts';
import { cache } from './layers/sharing/cache.ts';
import { deadline } from './layers/deadlines/deadline.ts';
import { type Observe, observeNothing } from './layers/events.ts';
import { hedge, hedgeDelayMs, hedgeTerms } from './layers/retries/hedge.ts';
import { inFlight } from './layers/overload/in-flight.ts';
import { createDoubts } from './layers/trust/doubts.ts';
import { createLiars } from './layers/trust/liars.ts';
import { withoutBadRequests } from './layers/replicas/bad-replies.ts';
import { outlier } from './layers/replicas/outlier.ts';
import { createPeers, type Peers } from './layers/replicas/peers.ts';
import { quorum } from './layers/trust/quorum.ts';
import { retry } from './layers/retries/retry.ts';
import { routes } from './layers/balancing/routes.ts';
import { createStatistics, learnStatistics, type LatencyStatistics } from './layers/replicas/latency-statistics.ts';
import { learnPeakEwma } from './layers/balancing/peak-ewma.ts';
import { type Tally, tallyNothing } from './layers/tally.ts';
import { type WatchCall, watchCalls } from './layers/watch-calls.ts';
import { following, mechanism, type Switchable } from './layers/switchable.ts';
import { throttle } from './layers/overload/throttle.ts';
import { type ReceiptDesk, type ReplyChecks, verify } from './layers/trust/verify.ts';
import { type ClientLayer, clientOrder } from './mechanisms.ts';
import type { Policy, PolicyHolder } from './policy.ts';

export interface ClientDependencies {
  readonly clock: Clock;
  readonly random: Random;
  /** Sets and cancels several timers per call: pass a timer wheel (shared/time/wheel.ts) where clocks are real. */
  readonly scheduler: Scheduler;
  /**
   * The replicas that may be called now: those of the component, or of one shard if the component is sharded. Should
   * return the same array until the replicas change.
   */
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  /** Called for every exceptional event: retries, hedges, ejections ... */
  readonly observe?: Observe;
  /** Called when a call ends, and when an attempt at a replica ends. */
  readonly watchCall?: WatchCall;
  readonly watchAttempt?: Learn;
  /** Further checks of replies, besides the schema, by `<component>.<operation>`. */
  readonly checks?: ReplyChecks;
  /** Asks for signed receipts when answers are audited, and keeps them. */
  readonly receipts?: ReceiptDesk | undefined;
  /** How to join requests of one operation into a batch, by `<component>.<operation>`. */
  readonly codecs?: Readonly<Record<string, BatchCodec>>;
  /**
   * The knowledge about replicas and latencies. A caller that wants to read it passes its own. Otherwise it is created
   * here.
   */
  readonly peers?: Peers;
  readonly statistics?: LatencyStatistics;
  /** The budget of extra attempts. A caller that wants to read it passes its own. Otherwise it is created here. */
  readonly budget?: Budgets;
  /** Counts the usual results of layers. */
  readonly tally?: Tally;
}

const watchNothing = (): void => undefined;

/**
 * The client side, outermost first: `compose(clientLayers(policy, dependencies), transport)` is a service. One stack
 * per node serves all components that the node calls. Each mechanism follows `policy` from call to call.
 */
export function clientLayers(policy: PolicyHolder, dependencies: ClientDependencies): Layer[] {
  const {
    clock,
    random,
    scheduler,
    endpoints,
    observe = observeNothing,
    watchCall = watchNothing,
    watchAttempt = watchNothing,
  } = dependencies;
  const {
    checks = {},
    receipts,
    codecs = {},
    peers = createPeers(clock),
    statistics = createStatistics(),
    budget = createBudgets(() => policy.current.budget),
    tally = tallyNothing,
  } = dependencies;
  const liars = createLiars({ clock, peers, endpoints, observe });
  const doubts = createDoubts(endpoints);
  const retrying = () => policy.current.retry;
  const extraVoteAfterMs = ({ component, operation }: Call) => {
    const { hedge } = policy.current;
    if (hedge === false) return undefined;
    const { quantile } = hedgeTerms(hedge, operation);
    return hedgeDelayMs(hedge, statistics.of(component, operation).quantile(quantile, clock.now(), hedge.minSamples));
  };
  const nonce = receipts?.nonce;
  const voting = { clock, random, scheduler, endpoints, liars, budget, extraVoteAfterMs, observe, tally, nonce };
  const whole = watchCalls({ clock, watch: watchCall });
  const outliers = mechanism('outlier', (settings) => outlier(settings, { statistics, endpoints, observe }));
  const judge = withoutBadRequests((end) => outliers(policy.current)?.(end));
  const record = learnStatistics(statistics);
  const measured = attempts({
    clock,
    peers,
    statistics,
    learn(end: AttemptEnd) {
      judge(end);
      record(end);
      learnPeakEwma(end);
      watchAttempt(end);
    },
  });
  const layers: Record<ClientLayer, Switchable<Policy>> = {
    watchCalls: () => whole,
    deadline: mechanism('deadline', (settings) => deadline(settings, { clock, scheduler })),
    cache: mechanism('cache', (settings) => cache(settings, { clock, observe, tally })),
    batch: mechanism('batch', (settings) => batch(settings, { clock, scheduler, codecs })),
    quorum: mechanism('quorum', (settings) => quorum(settings, voting)),
    breaker: mechanism('breaker', (settings) => breaker(settings, { clock, observe })),
    throttle: mechanism('throttle', (settings) => throttle(settings, { clock, random, observe })),
    hedge: mechanism('hedge', (settings) =>
      hedge(settings, { clock, random, scheduler, statistics, endpoints, peers, retrying, budget, observe, tally }),
    ),
    retry: mechanism('retry', (settings) => retry(settings, { clock, random, scheduler, budget, observe })),
    balance: mechanism('balance', (settings) => balance(settings, { clock, random, endpoints, peers, observe })),
    attempts: () => measured,
    inFlight: mechanism('inFlight', (settings) => inFlight(settings)),
    attemptTimeout: mechanism('attemptTimeout', (settings) =>
      attemptTimeout(settings, { clock, scheduler, statistics }),
    ),
    verify: mechanism('verify', () => verify({ liars, doubts, observe, checks, receipts })),
    routes: mechanism('routes', (settings) => routes(settings, { clock })),
  };
  return [
    following(
      policy,
      clientOrder.map((name) => layers[name]),
    ),
  ];
}
