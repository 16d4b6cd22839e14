import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Layer } from '../../call.ts';
import { asRpcError, evidence, isBadReply, RpcError } from '../../errors.ts';
import { groupKey } from '../../group-key.ts';
import type { Observe } from '../events.ts';

export const BreakerSettings = Type.Object(
  {
    share: Type.Number({
      default: 0.5,
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'opens when this share of calls fails (Hystrix: 50%)',
    }),
    minCalls: Type.Integer({
      default: 20,
      minimum: 1,
      description: 'fewest calls in a window before the circuit may open (Hystrix: 20 in 10 s)',
    }),
    windowMs: Type.Number({ default: 10_000, minimum: 1 }),
    openMs: Type.Number({ default: 2_000, minimum: 1, description: 'time until one call is sent as a probe' }),
  },
  { additionalProperties: false },
);
export type BreakerSettings = Static<typeof BreakerSettings>;

/** Each state carries only its own data. */
export type Circuit =
  | { readonly state: 'closed'; readonly windowAt: number; readonly calls: number; readonly failures: number }
  | { readonly state: 'open'; readonly until: number }
  | { readonly state: 'half_open'; readonly until: number };

/**
 * Whether a call that arrives at `now` may pass, and the new state of the circuit. A probe that never ends is replaced.
 */
export function admit(
  settings: BreakerSettings,
  circuit: Circuit,
  now: number,
): { readonly pass: boolean; readonly circuit: Circuit } {
  switch (circuit.state) {
    case 'closed':
      return { pass: true, circuit };
    case 'open':
    case 'half_open':
      if (now < circuit.until) return { pass: false, circuit };
      return { pass: true, circuit: { state: 'half_open', until: now + settings.windowMs } };
  }
}

/** The circuit after a call ended at `now`. */
export function circuitAfter(settings: BreakerSettings, circuit: Circuit, failed: boolean, now: number): Circuit {
  switch (circuit.state) {
    case 'open':
      return circuit;
    case 'half_open':
      return failed
        ? { state: 'open', until: now + settings.openMs }
        : { state: 'closed', windowAt: now, calls: 0, failures: 0 };
    case 'closed': {
      const fresh = now - circuit.windowAt >= settings.windowMs;
      const calls = fresh ? 1 : circuit.calls + 1;
      const failures = (fresh ? 0 : circuit.failures) + (failed ? 1 : 0);
      if (calls >= settings.minCalls && failures >= settings.share * calls)
        return { state: 'open', until: now + settings.openMs };
      return { state: 'closed', windowAt: fresh ? now : circuit.windowAt, calls, failures };
    }
  }
}

/**
 * Fails fast, with `unavailable` (definite), while a whole replica group does not work. Callers do not wait, and the
 * group gets time to recover. After `openMs` one call is sent as a probe; its result closes or reopens the circuit
 * (Nygard, Release It!, 2007). Only failures of the group itself count. `throttle` handles refusals; `outlier` handles
 * single replicas.
 *
 * A call that ran out of time is a failure only if the group answered no other call meanwhile. A group that still
 * answers other calls is only slow, for example in a sudden overload. An open circuit would prevent these answers, too.
 *
 * A bad reply may be the fault of the request. So a bad reply is no failure if the group gave a right answer within the
 * last `openMs`: such an answer shows as much as a probe that succeeds.
 */
export function breaker(settings: BreakerSettings, { clock, observe }: { clock: Clock; observe: Observe }): Layer {
  const circuits = new Map<string, Circuit>();
  /** When each replica group last answered. An error that another component caused also counts as an answer. */
  const answeredAt = new Map<string, number>();

  function move(component: string, from: Circuit, to: Circuit): void {
    circuits.set(component, to);
    if (from.state !== to.state) observe({ event: 'circuit', component, state: to.state });
  }

  /** A probe that proved nothing is replaced by the next call. */
  function probeAgain(key: string, probed: Circuit): void {
    if (circuits.get(key) === probed) circuits.set(key, { state: 'half_open', until: clock.now() });
  }

  return function breaker(next) {
    return async (call) => {
      const key = groupKey(call);
      const now = clock.now();
      const before = circuits.get(key) ?? { state: 'closed', windowAt: now, calls: 0, failures: 0 };
      const { pass, circuit } = admit(settings, before, now);
      if (!pass) throw new RpcError('unavailable', `most calls to ${key} failed lately; a probe is sent soon`);
      move(key, before, circuit);
      const probing = circuit.state === 'half_open';
      const end = (failed: boolean) => {
        const at = circuits.get(key)!;
        // Calls that started before the circuit opened say nothing about the present.
        if (at.state === 'half_open' && !probing) return;
        move(key, at, circuitAfter(settings, at, failed, clock.now()));
      };
      try {
        const reply = await next(call);
        answeredAt.set(key, clock.now());
        end(false);
        return reply;
      } catch (thrown) {
        const error = asRpcError(thrown);
        const proves = evidence(error, { abandoned: call.signal.aborted });
        if (proves === 'answer') answeredAt.set(key, clock.now());
        const outOfTime = proves === 'failure' && error.code === 'deadline_exceeded';
        const lastAnswer = answeredAt.get(key) ?? -Infinity;
        const isSlow = outOfTime && lastAnswer > now;
        const isOneRequest = isBadReply(error.code) && lastAnswer > clock.now() - settings.openMs;
        if (proves !== 'nothing' && !isSlow) end(proves === 'failure' && !isOneRequest);
        else if (probing) probeAgain(key, circuit);
        throw thrown;
      }
    };
  };
}
