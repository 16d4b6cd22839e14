import type { Span } from '../../../shared/trace/span.ts';

let ids = 0;

/** A span of trace `t`, of which `own` says what a test is about. */
export function span(own: Partial<Span> & Pick<Span, 'kind' | 'node'>): Span {
  return {
    traceId: 't',
    requestId: 'r',
    spanId: `s${++ids}`,
    component: 'app',
    operation: 'search',
    attempt: 1,
    attemptKind: 'first',
    outcome: 'ok',
    startMs: 0,
    durationMs: 10,
    queueMs: 0,
    ...own,
  };
}

/** The request of a browser that client-1 answered. */
export const requestSpan = (own: Partial<Span> = {}): Span =>
  span({ kind: 'request', node: 'client-1', component: 'client', spanId: 'root', durationMs: 100, ...own });

/** A call of `node` below the span `parentId`, with one attempt at `peer` that was served there. */
export function remoteCall(options: {
  readonly node: string;
  readonly peer: string;
  readonly parentId: string;
  readonly id: string;
  readonly component: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly servedMs: number;
  /** The start of the served span on the clock of `peer`. */
  readonly peerClockMs: number;
  readonly queueMs?: number;
}): Span[] {
  const { node, peer, parentId, id, component, startMs, durationMs, servedMs, peerClockMs, queueMs = 0 } = options;
  return [
    span({ kind: 'call', node, spanId: id, parentId, component, startMs, durationMs }),
    span({ kind: 'attempt', node, peer, spanId: id, parentId: id, component, startMs, durationMs }),
    span({
      kind: 'serve',
      node: peer,
      peer: node,
      spanId: `${id}-served`,
      parentId: id,
      component,
      startMs: peerClockMs,
      durationMs: servedMs,
      queueMs,
    }),
  ];
}
