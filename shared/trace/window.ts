import type { Random } from '../time/random.ts';
import type { KeptBecause } from './contract.ts';

/** A request that was answered. */
export interface EndedRequest {
  readonly traceId: string;
  readonly failed: boolean;
  readonly durationMs: number;
  readonly endedAt: number;
}

/** How many traces of one second are kept, for each reason. */
export interface KeepLimits {
  readonly errors: number;
  readonly slowest: number;
  readonly perSecond: number;
}

export interface TraceWindow {
  readonly add: (request: EndedRequest) => void;
  /** The traces to keep, each once. */
  readonly kept: () => readonly { readonly request: EndedRequest; readonly because: KeptBecause }[];
}

/**
 * Decides which traces of one second are kept, after their requests have ended: the first `errors` failures, the
 * `slowest` ones, and `perSecond` drawn at random, each request with the same chance (Vitter 1985, algorithm R). The
 * memory is bounded by the limits, whatever the load.
 */
export function createTraceWindow({ errors, slowest, perSecond }: KeepLimits, random: Random): TraceWindow {
  const failed: EndedRequest[] = [];
  const slow: EndedRequest[] = [];
  const drawn: EndedRequest[] = [];
  let seen = 0;

  function addSlow(request: EndedRequest): void {
    if (slow.length >= slowest && request.durationMs <= (slow.at(-1)?.durationMs ?? Infinity)) return;
    const at = slow.findIndex(({ durationMs }) => durationMs < request.durationMs);
    slow.splice(at < 0 ? slow.length : at, 0, request);
    if (slow.length > slowest) slow.pop();
  }

  function draw(request: EndedRequest): void {
    seen++;
    if (drawn.length < perSecond) return void drawn.push(request);
    const at = Math.floor(random.next() * seen);
    if (at < perSecond) drawn[at] = request;
  }

  return {
    add(request) {
      if (request.failed && failed.length < errors) failed.push(request);
      addSlow(request);
      draw(request);
    },
    kept() {
      const byId = new Map<string, { request: EndedRequest; because: KeptBecause }>();
      for (const [because, list] of [
        ['sample', drawn],
        ['slow', slow],
        ['error', failed],
      ] as const)
        for (const request of list) byId.set(request.traceId, { request, because });
      return [...byId.values()];
    },
  };
}
