import type { Style } from '../../search/making.ts';
import type { Trace, TraceSpan } from './contract.ts';

/** Who called whom, in the traces of some searches. */
export interface Relation {
  readonly caller: string;
  readonly callee: string;
  readonly operation: string;
  /** Calls in one search, on average. */
  readonly perSearch: number;
  /** How many of them went from one node to another; the others were function calls. */
  readonly acrossNodes: number;
}

type Spans = Pick<Trace, 'spans'>;

/** The style of a search, by its calls: only a layered search hands the whole search to the HTML generator. */
export function styleOf({ spans }: Spans): Style | undefined {
  const calls = (component: string, operation: string): boolean =>
    spans.some((span) => span.kind === 'call' && span.component === component && span.operation === operation);
  if (calls('html', 'search')) return 'layered';
  return calls('query', 'plan') ? 'object-based' : undefined;
}

/**
 * The relations of these searches, in the order in which a search uses them. An attempt that a retry or a hedge
 * replaced does not count, and neither do its calls.
 */
export function whoCalledWhom(traces: readonly Spans[]): readonly Relation[] {
  const sums = new Map<string, { readonly relation: Relation; readonly places: number[] }>();
  for (const { spans } of traces) {
    const places = new Set<string>();
    for (const [i, span] of spans.entries()) {
      if (span.kind !== 'call' || span.replaced) continue;
      const caller = callerOf(spans, span);
      const { component: callee, operation } = span;
      const key = `${caller} ${callee} ${operation}`;
      const across = spans.some(({ kind, parent, local }) => kind === 'attempt' && parent === i && local !== true);
      const so = sums.get(key);
      const { perSearch = 0, acrossNodes = 0 } = so?.relation ?? {};
      sums.set(key, {
        relation: { caller, callee, operation, perSearch: perSearch + 1, acrossNodes: acrossNodes + (across ? 1 : 0) },
        places: places.has(key) ? so!.places : [...(so?.places ?? []), places.size],
      });
      places.add(key);
    }
  }
  // By the mean place, not by time: searches are of different lengths, and some leave calls out.
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [...sums.values()]
    .toSorted((a, b) => mean(a.places) - mean(b.places))
    .map(({ relation }) => ({
      ...relation,
      perSearch: relation.perSearch / traces.length,
      acrossNodes: relation.acrossNodes / traces.length,
    }));
}

/** The component whose work contains the call. */
function callerOf(spans: readonly TraceSpan[], { parent }: TraceSpan): string {
  let holder = parent === undefined ? undefined : spans[parent];
  while (holder?.kind === 'call') holder = holder.parent === undefined ? undefined : spans[holder.parent];
  return holder?.component ?? '';
}
