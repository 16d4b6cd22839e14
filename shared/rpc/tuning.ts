import type { AdmissionSettings } from './layers/overload/admission.ts';
import { attemptTimeoutMs } from './layers/retries/attempt-timeout.ts';
import { hedgeDelayMs, hedgeTerms } from './layers/retries/hedge.ts';
import type { LayerEvent } from './layers/events.ts';
import type { LatencyStatistics } from './layers/replicas/latency-statistics.ts';
import type { PolicyHolder } from './policy.ts';

/**
 * One value that the middleware has set by itself, and the reason in words. `value` is null where the mechanism is off
 * or still waits for samples.
 */
export interface Tuned {
  readonly what: string;
  readonly value: number | null;
  readonly unit: 'ms' | 'calls';
  readonly why: string;
}

/** The measurements of one operation that this node calls. Times are null while there are no samples. */
export interface TunedOperation {
  readonly operation: string;
  readonly samples: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p999Ms: number | null;
  readonly byNode: Readonly<Record<string, { readonly samples: number; readonly p50Ms: number | null }>>;
  readonly tuned: readonly Tuned[];
}

/** Remembers whether this process is overloaded. The admission layer reports each change as an event. */
export function createLoadWatch() {
  let last: Extract<LayerEvent, { event: 'load' }> | undefined;
  return {
    observe(event: LayerEvent): void {
      if (event.event === 'load') last = event;
    },
    /** `settings` = the settings of admission, which may contain a limit set by hand. */
    tuned(settings: AdmissionSettings | false): Tuned {
      if (settings === false)
        return { what: 'admission', value: null, unit: 'ms', why: 'switched off: no call is refused' };
      const { fixedLimit, targetMs, queueMs } = settings;
      const overloaded = last?.state === 'overloaded';
      const measured = overloaded
        ? `calls waited ${ms(last!.waitMs)} for their turn in this process, so those that wait more than ` +
          `${ms(targetMs)} are refused`
        : `calls wait less than ${ms(queueMs)} for their turn in this process, so nothing is refused`;
      if (fixedLimit !== undefined) {
        const why = `set by hand (fixedLimit); measured: ${measured}`;
        return { what: 'admission limit', value: fixedLimit, unit: 'calls', why };
      }
      return { what: 'admission wait', value: overloaded ? targetMs : null, unit: 'ms', why: measured };
    },
  };
}

/** All values that the client side of this node has tuned, each with its reason. */
export function tunedOperations(statistics: LatencyStatistics, policy: PolicyHolder, now: number): TunedOperation[] {
  return [...statistics.all()].map((known) => {
    const { attempts, byNode } = known;
    const at = (q: number): number | null => attempts.quantile(q) ?? null;
    return {
      operation: `${known.component}.${known.operation.name}`,
      samples: attempts.count,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p999Ms: at(0.999),
      byNode: Object.fromEntries(
        [...byNode].map(([node, of]) => [node, { samples: of.count, p50Ms: of.quantile(0.5) ?? null }]),
      ),
      tuned: [hedgeDelay(), attemptTimeout()],
    };

    function hedgeDelay(): Tuned {
      const settings = policy.current.hedge;
      const what = 'hedge delay';
      if (settings === false) return { what, value: null, unit: 'ms', why: 'hedging is switched off' };
      const { fixedDelayMs, ...measuring } = settings;
      const { quantile } = hedgeTerms(settings, known.operation);
      const quantileMs = known.quantile(quantile, now, settings.minSamples);
      const value = hedgeDelayMs(measuring, quantileMs) ?? null;
      const floor =
        quantileMs !== undefined && quantileMs < settings.minMs ? `, but never below ${ms(settings.minMs)}` : '';
      const why =
        quantileMs === undefined
          ? `waits for ${settings.minSamples} samples`
          : `p${quantile * 100} of the attempts is ${ms(quantileMs)}${floor}`;
      return byHand({ what, value, unit: 'ms', why }, 'fixedDelayMs', fixedDelayMs);
    }

    function attemptTimeout(): Tuned {
      const settings = policy.current.attemptTimeout;
      const what = 'attempt timeout';
      if (settings === false)
        return { what, value: null, unit: 'ms', why: 'switched off: only the deadline ends an attempt' };
      const { fixedMs, ...measuring } = settings;
      const quantileMs = known.quantile(settings.quantile, now, settings.minSamples);
      const value = attemptTimeoutMs(measuring, quantileMs, Infinity);
      const floor =
        quantileMs !== undefined && settings.margin * quantileMs < settings.minMs
          ? `, but never below ${ms(settings.minMs)}`
          : '';
      const why =
        quantileMs === undefined
          ? `the first guess, until ${settings.minSamples} samples are there`
          : `${settings.margin} x p${settings.quantile * 100} (${ms(quantileMs)})${floor}`;
      return byHand({ what, value, unit: 'ms', why }, 'fixedMs', fixedMs);
    }
  });
}

/** Puts a value set by hand beside the measured value, to show how wrong the first is. */
function byHand(measured: Tuned, setting: string, value: number | undefined): Tuned {
  if (value === undefined) return measured;
  const instead = measured.value === null ? '' : `; measured, it would be ${ms(measured.value)}: ${measured.why}`;
  return { ...measured, value, why: `set by hand (${setting})${instead}` };
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
