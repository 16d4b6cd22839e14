import { type Style, styles } from '../../../search/making.ts';
import type { Topology } from '../../../shared/cluster/topology.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Trace, TraceList } from '../../traces/contract.ts';
import { type Relation, styleOf, whoCalledWhom } from '../../traces/who-called-whom.ts';
import { type PlacedRelation, relationsByArithmetic } from './arithmetic.ts';

/** The relations of a search in one style: from traces of real searches, and by arithmetic. */
export interface ObservedStyle {
  readonly style: Style;
  /** How many traces were read. */
  readonly traces: number;
  readonly relations: readonly Relation[];
  readonly arithmetic: readonly PlacedRelation[];
}

/** How long one answer serves all pages, ms. It costs the component `traces` up to 1 + `mostTraces` calls. */
const servesMs = 5_000;

/** Up to `enough` searches of each style are read, out of the newest `mostTraces` traces. */
const enough = 12;
const mostTraces = 60;

interface TraceSource {
  readonly traces: (query: string) => Promise<unknown>;
  readonly trace: (id: string) => Promise<unknown>;
}

/** Says who called whom in each style. However many pages ask, the traces are read at most once in five seconds. */
export function createObservedRelations(topology: Topology, source: TraceSource, clock: Clock) {
  let last: { readonly at: number; readonly answer: Promise<readonly ObservedStyle[]> } | undefined;
  return (): Promise<readonly ObservedStyle[]> => {
    if (last === undefined || clock.now() - last.at >= servesMs)
      last = { at: clock.now(), answer: observedRelations(topology, source) };
    return last.answer;
  };
}

/** Reads the newest kept searches. */
async function observedRelations(topology: Topology, source: TraceSource): Promise<readonly ObservedStyle[]> {
  const byStyle = new Map<Style, Trace[]>(styles.map((style) => [style, []]));
  const { traces } = (await source.traces(`limit=${mostTraces}`)) as TraceList;
  const searches = traces.filter(({ request, outcome }) => request.endsWith('/search') && outcome === 'ok');
  for (const { requestId } of searches) {
    const lists = [...byStyle.values()];
    if (lists.every(({ length }) => length >= enough)) break;
    // The trace store may drop a listed trace before the trace is read.
    const trace = (await source.trace(requestId).catch(() => undefined)) as Trace | undefined;
    const style = trace?.missingSpans === 0 ? styleOf(trace) : undefined;
    const list = style && byStyle.get(style);
    if (trace && list && list.length < enough) list.push(trace);
  }
  return [...byStyle].map(([style, list]) => ({
    style,
    traces: list.length,
    relations: whoCalledWhom(list),
    arithmetic: relationsByArithmetic(topology, style),
  }));
}
