import { fetchDirect } from '../../shared/net/direct.ts';
import type { Trace } from './contract.ts';
import { otlpRequest } from './otlp.ts';

/** The most traces that wait for the receiver. Further traces are dropped. */
const maxWaiting = 500;
/** The longest wait for the receiver, ms. After it, these traces are dropped. */
const timeoutMs = 5_000;

/** The address of OTLP's traces below `base`; throws an error in plain words if `base` is no address. */
export function otlpAddress(base: string): string {
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol))
    throw new Error(`TIERLAB_OTLP_URL: an address such as http://127.0.0.1:4318 is wanted, not "${base}"`);
  return `${base.replace(/\/+$/, '')}/v1/traces`;
}

/**
 * Sends kept traces to an OTLP/HTTP receiver, such as Jaeger: one request at a time, with all traces that came
 * meanwhile. When the receiver is slow or gone, traces are lost, but no request of users is affected.
 */
export function createOtlpExporter(address: string, count: (result: 'sent' | 'failed', traces: number) => void) {
  let waiting: Trace[] = [];
  let isSending = false;

  async function send(): Promise<void> {
    if (isSending) return;
    isSending = true;
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
    isSending = false;
  }

  return {
    export(traces: readonly Trace[]): void {
      const room = Math.max(0, maxWaiting - waiting.length);
      if (traces.length > room) count('failed', traces.length - room);
      waiting.push(...traces.slice(0, room));
      void send();
    },
  };
}
