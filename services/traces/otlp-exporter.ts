import { fetchDirect } from '../../shared/net/direct.ts';
import type { Trace } from './contract.ts';
import { otlpRequest } from './otlp.ts';

/** Traces that wait for the receiver; later ones are dropped. */
const maxWaiting = 500;
/** A receiver that takes longer does not get these traces, ms. */
const timeoutMs = 5_000;

/** The address of OTLP's traces below `base`; throws an error in plain words for what is no address. */
export function otlpAddress(base: string): string {
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol))
    throw new Error(`TIERLAB_OTLP_URL: an address such as http://127.0.0.1:4318 is wanted, not "${base}"`);
  return `${base.replace(/\/+$/, '')}/v1/traces`;
}

/**
 * Sends kept traces to an OTLP/HTTP receiver, such as Jaeger: one request at a time, with all traces that came
 * meanwhile. A receiver that is slow or gone costs traces, and nothing else.
 */
export function createOtlpExporter(address: string, count: (result: 'sent' | 'failed', traces: number) => void) {
  let waiting: Trace[] = [];
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    while (waiting.length > 0) {
      const traces = waiting;
      waiting = [];
      try {
        const response = await fetchDirect(address, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(otlpRequest(traces)),
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.body?.cancel();
        count(response.ok ? 'sent' : 'failed', traces.length);
      } catch {
        count('failed', traces.length);
      }
    }
    sending = undefined;
  }

  return {
    export(traces: readonly Trace[]): void {
      const room = Math.max(0, maxWaiting - waiting.length);
      if (traces.length > room) count('failed', traces.length - room);
      waiting.push(...traces.slice(0, room));
      sending ??= send();
    },
  };
}
