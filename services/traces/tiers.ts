import type { TierTime, TraceSpan } from './contract.ts';

/** How long each component held its requests, in the order in which they were first called. */
export function tierTimesOf(spans: readonly TraceSpan[]): TierTime[] {
  const tiers = new Map<string, TierTime>();
  for (const span of spans) {
    if (span.time === undefined || isEntrance(span, spans)) continue;
    const { component, durationMs, time, queueMs = 0, networkMs = 0 } = span;
    const so = tiers.get(component);
    tiers.set(component, {
      component,
      requests: (so?.requests ?? 0) + 1,
      heldMs: (so?.heldMs ?? 0) + durationMs,
      workMs: (so?.workMs ?? 0) + time.workMs,
      waitForDataMs: (so?.waitForDataMs ?? 0) + time.waitForDataMs,
      waitForResultMs: (so?.waitForResultMs ?? 0) + time.waitForResultMs,
      wayMs: (so?.wayMs ?? 0) + queueMs + networkMs,
      nodes: [...new Set([...(so?.nodes ?? []), span.node])],
    });
  }
  return [...tiers.values()];
}

/** True when the request entered at the component that serves it. Then the span of the service counts instead. */
const isEntrance = ({ kind, component }: TraceSpan, [, first]: readonly TraceSpan[]): boolean =>
  kind === 'request' && first?.kind === 'serve' && first.component === component;
