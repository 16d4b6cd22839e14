import type { Clock } from '../../time/clock.ts';
import type { Call, Layer } from '../call.ts';
import { asRpcError, type ErrorCode, type RpcError } from '../errors.ts';
import type { Statistics } from './statistics.ts';

/** What became of a call or an attempt: `ok` or the code of its error. */
export type Outcome = 'ok' | ErrorCode;

/** Told once per call, or per attempt; `call.endpoint` is where an attempt went, `error` why it failed. Must not throw. */
export type Watch = (call: Call, outcome: Outcome, elapsedMs: number, error?: RpcError) => void;

/** Outermost: reports how long whole calls took - with their retries, hedges and waiting - and how they ended. */
export function stats({ clock, watch }: { clock: Clock; watch: Watch }): Layer {
  return function stats(next) {
    return (call) => {
      const startedAt = clock.now();
      return next(call).then(
        (reply) => {
          watch(call, 'ok', clock.now() - startedAt);
          return reply;
        },
        (thrown: unknown) => {
          const error = asRpcError(thrown);
          watch(call, error.code, clock.now() - startedAt, error);
          throw thrown;
        },
      );
    };
  };
}

/**
 * What one attempt teaches about latency: the milliseconds to record, or undefined for nothing. An attempt that was abandoned - a hedge
 * won, the caller left - would have taken at least as long: if those were left out, the slow ones would vanish from the
 * statistics, the hedge delay would fall, more would be hedged, and so on. Failures teach nothing, but for the timeout.
 */
export function lesson(
  outcome: Outcome,
  elapsedMs: number,
  abandoned: boolean,
  p95Ms: number | undefined,
): number | undefined {
  if (outcome === 'ok') return elapsedMs;
  if (abandoned) return p95Ms !== undefined && elapsedMs >= p95Ms ? elapsedMs : undefined;
  return outcome === 'deadline_exceeded' ? elapsedMs : undefined;
}

/** Just inside `balance`: records each attempt in the statistics that the other layers tune themselves by. */
export function attemptStats({
  clock,
  statistics,
  watch,
}: {
  clock: Clock;
  statistics: Statistics;
  watch: Watch;
}): Layer {
  return function attemptStats(next) {
    return (call) => {
      const startedAt = clock.now();
      const end = (outcome: Outcome, error?: RpcError) => {
        const now = clock.now();
        const known = statistics.of(call.component, call.operation);
        const abandoned = call.signal.aborted;
        // Every call passes here, and few are abandoned: only they need the quantile.
        const p95Ms = abandoned ? known.quantile(0.95, now, 1) : undefined;
        const sampleMs = lesson(outcome, now - startedAt, abandoned, p95Ms);
        if (sampleMs !== undefined) known.record(call.endpoint?.node ?? '', sampleMs, now);
        watch(call, outcome, now - startedAt, error);
      };
      return next(call).then(
        (reply) => {
          end('ok');
          return reply;
        },
        (thrown: unknown) => {
          const error = asRpcError(thrown);
          end(error.code, error);
          throw thrown;
        },
      );
    };
  };
}
