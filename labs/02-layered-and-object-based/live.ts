import type { Trace } from '../../services/traces/contract.ts';
import { check, unanswered, unknown, within } from '../kit/checks.ts';
import { nodeOf } from '../kit/nodes.ts';
import { type TimedAnswer, callNode, closedLoad, openLoad, type NodeCall } from '../kit/open-load.ts';
import { labPageId, labQueries } from '../kit/pages.ts';
import { appSearch, labSearch } from '../kit/searches.ts';
import { heldBetween, heldBy, type Held } from '../kit/server-times.ts';
import { alone } from '../kit/topology.ts';
import { traceLines, traceOf } from '../kit/traces.ts';
import type { Check, FaultProof, Findings, LabCluster, LiveContext, Parameters, Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { medianInterval } from '../statistics/median.ts';
import type { Style } from '../../search/making.ts';
import { heldMsOf, isStyle, type Shape, shapes, tierNames, timeOf, type TierName } from './model.ts';

const requests = 160;
const perSecond = 20;
const tolerance = 0.15;
/** A timer of Node.js may fire this late, ms. That matters where a call is held for only 5 ms. */
const timerLateMs = 1;

/** The operation that a search calls at each tier, and who calls it. */
const edges: Readonly<Record<Style, Readonly<Record<TierName, { readonly calls: string; readonly from: string }>>>> = {
  layered: {
    html: { calls: 'html.search', from: 'app' },
    ranking: { calls: 'ranking.search', from: 'html' },
    query: { calls: 'query.search', from: 'ranking' },
    database: { calls: 'database.find', from: 'query' },
  },
  'object-based': {
    html: { calls: 'html.results', from: 'app' },
    ranking: { calls: 'ranking.rank', from: 'app' },
    query: { calls: 'query.plan', from: 'app' },
    database: { calls: 'database.find', from: 'app' },
  },
};
/** For the calls of a page view one after the other, the lab itself is the application server. */
const labCalls: readonly TierName[] = ['html', 'database'];

/** Both styles, and both ways to make the calls of a page view, on real processes. */
export async function runBothStyles({ r, s }: Parameters, context: LiveContext): Promise<Findings> {
  const { signal, say, progress } = context;
  const own = await context.cluster({
    policy: { base: 'naive', trace: true, deadline: { defaultMs: 10_000 } },
    nodes: ['monitor', 'traces', 'gateway', 'app', ...tierNames].map((name) => alone(name)),
  });
  say('first, the lab measures the time of the calls without r and s');
  const bare: Partial<Record<Shape, Measured>> = {};
  for (const [i, shape] of shapes.entries()) {
    await oneByOne(own, shape, 100, signal);
    bare[shape] = await measured(own, shape, () => oneByOne(own, shape, 100, signal));
    progress('without r and s', i + 1, shapes.length);
  }
  const heal = await slowDown(own, r!, s!);
  const points: Point[] = [];
  const found: Check[] = [];
  const timeline: string[] = [];
  for (const shape of shapes) {
    const run = await measured(own, shape, () => underLoad(own, shape, context));
    const failed = run.answers.filter(({ ok }) => !ok);
    found.push(...unanswered(`${shape}: every call is answered`, failed));
    if (failed.length > 0) continue;
    const ownMs = medianInterval(bare[shape]!.answers.map(({ tookMs }) => tookMs)).median;
    const time = medianInterval(run.answers.map(({ tookMs }) => tookMs - ownMs));
    points.push({ id: shape, measured: time.median, n: run.answers.length, interval: time });
    found.push(
      within(
        `${shape}: the time, without its own ${digits(ownMs)} ms`,
        time.median,
        timeOf(shape, r!, s!),
        tolerance,
        requests,
      ),
    );
    if (!isStyle(shape)) continue;
    for (const tier of tierNames) {
      const { calls, totalMs } = run.held[tier]!;
      const before = bare[shape]!.held[tier]!;
      const heldMs = heldMsOf(shape, tier, r!, s!) + before.totalMs / before.calls;
      const label = `${shape}: calls held by ${tier} are rate x time`;
      // The measurement is the tier's own histogram. The theory includes the time that the tier needs without r and s.
      const late = Math.max(tolerance, timerLateMs / heldMs);
      found.push(within(label, totalMs / run.tookMs, (calls / run.tookMs) * heldMs, late, calls));
    }
    const traces = await tracesOf(own, shape, signal);
    found.push(noLayerSkipped(shape, traces));
    const html = bare[shape]!.held.html!;
    const held = medianInterval(traces.map((trace) => heldIn(trace, 'html') - html.totalMs / html.calls));
    points.push({ id: `html ${shape}`, measured: held.median, n: traces.length, interval: held });
    if (traces[0] !== undefined) timeline.push(`${shape}:`, ...traceLines(traces[0]));
  }
  return { points, checks: found, timeline, faults: await Promise.all(heal.map((each) => each())) };
}

/** A station with service time s at each tier, and a delay of r on each call to it. */
async function slowDown(own: LabCluster, r: number, s: number): Promise<readonly (() => Promise<FaultProof>)[]> {
  const heal: (() => Promise<FaultProof>)[] = [];
  for (const tier of tierNames) {
    const { id } = nodeOf(own, tier);
    await own.policy(id, { station: { component: tier, workers: 1_000, serviceMs: s } });
    const callers = new Set(Object.values(edges).map((of) => nodeOf(own, of[tier].from).id));
    if (labCalls.includes(tier)) callers.add('lab');
    for (const caller of callers) heal.push(await own.inject(id, { kind: 'net.delay', params: { meanMs: r }, caller }));
  }
  return heal;
}

interface Measured {
  readonly answers: readonly TimedAnswer[];
  readonly tookMs: number;
  /** The calls that each tier held. Empty for page views. */
  readonly held: Readonly<Partial<Record<TierName, Held>>>;
}

async function measured(own: LabCluster, shape: Shape, work: () => Promise<readonly TimedAnswer[]>): Promise<Measured> {
  const read = async () =>
    isStyle(shape)
      ? await Promise.all(tierNames.map((tier) => heldBy(nodeOf(own, tier), edges[shape][tier].calls)))
      : [];
  const before = await read();
  const startedAt = performance.now();
  const answers = await work();
  const tookMs = performance.now() - startedAt;
  const after = await read();
  const held = after.map((each, i) => [tierNames[i]!, heldBetween(before[i]!, each)] as const);
  return { answers, tookMs, held: Object.fromEntries(held) };
}

/** The question to the application server. */
function questionOf(own: LabCluster, shape: Shape): (i: number) => NodeCall {
  const app = nodeOf(own, 'app');
  if (isStyle(shape)) return (i) => appSearch(app, labSearch(i), { style: shape, format: 'html' });
  return (i) => ({ node: app, component: 'app', operation: 'page', request: { id: labPageId(i), format: 'html' } });
}

/** The four calls of a page view, each after the answer of the one before it. */
async function pageInTurn(own: LabCluster, i: number): Promise<TimedAnswer> {
  const id = labPageId(i);
  const at = { node: nodeOf(own, 'database'), component: 'database', shard: 1 };
  const startedAt = performance.now();
  const [pages, neighbours, popularity] = [
    await callNode({ ...at, operation: 'pages', request: { ids: [id] } }),
    await callNode({ ...at, operation: 'neighbours', request: { id, size: 3 } }),
    await callNode({ ...at, operation: 'popularity', request: { id } }),
  ];
  const failed = [pages, neighbours, popularity].find(({ ok }) => !ok);
  if (failed !== undefined) return failed;
  const making = { tookMs: 0, via: [], servedBy: [], style: 'object-based' };
  const page = (pages.body as { pages: readonly object[] }).pages[0]!;
  const request = { page, neighbours: neighbours.body, ...(popularity.body as object), making };
  const html = await callNode({ node: nodeOf(own, 'html'), component: 'html', operation: 'page', request });
  return { ...html, tookMs: performance.now() - startedAt };
}

async function oneByOne(
  own: LabCluster,
  shape: Shape,
  n: number,
  signal: AbortSignal,
): Promise<readonly TimedAnswer[]> {
  if (shape !== 'in turn') return closedLoad({ n, lanes: 1, question: questionOf(own, shape), signal });
  const answers: TimedAnswer[] = [];
  for (let i = 0; i < n; i++) {
    signal.throwIfAborted();
    answers.push(await pageInTurn(own, i));
  }
  return answers;
}

async function underLoad(own: LabCluster, shape: Shape, context: LiveContext): Promise<readonly TimedAnswer[]> {
  const { seed, signal, progress } = context;
  if (shape === 'in turn') {
    progress(shape, 0, 1);
    return (await Promise.all([1, 2, 3, 4].map(() => oneByOne(own, shape, 20, signal)))).flat();
  }
  const onProgress = (done: number) => progress(shape, done, requests);
  return openLoad({
    seed: `${seed}/${shape}`,
    n: requests,
    perSecond,
    question: questionOf(own, shape),
    signal,
    onProgress,
  });
}

async function tracesOf(own: LabCluster, style: Style, signal: AbortSignal): Promise<readonly Trace[]> {
  const door = nodeOf(own, 'gateway').doors.gateway;
  const traces: Trace[] = [];
  for (const q of labQueries) {
    const url = `http://127.0.0.1:${door}/search?q=${encodeURIComponent(q)}&style=${style}`;
    const response = await fetch(url, { signal });
    await response.arrayBuffer();
    const requestId = response.headers.get('x-request-id') ?? '';
    const trace = await traceOf(nodeOf(own, 'traces').publicPort, requestId, signal);
    if (trace !== undefined) traces.push(trace);
  }
  return traces;
}

/** How long a tier held the calls of one request, by its trace. */
const heldIn = ({ tiers: held }: Trace, tier: TierName): number =>
  held.find(({ component }) => component === tier)?.heldMs ?? Number.NaN;

/** Each tier was called by the one that the style says, and by no other. */
function noLayerSkipped(style: Style, traces: readonly Trace[]): Check {
  const label = `${style}: the calls between tiers are those of the style`;
  if (traces.length < labQueries.length / 2)
    return unknown(label, `only ${traces.length} traces could be read`, 'run the lab again');
  const wanted = ['gateway > app', ...tierNames.map((tier) => `${edges[style][tier].from} > ${tier}`)].toSorted();
  const nameOf = (node: string): string => node.replace(/(-\d+)+$/, '');
  const callsOf = ({ spans }: Trace): readonly string[] =>
    spans
      // A public request is served by the node that took it in: that is no call to another node.
      .filter(({ kind, peer, node }) => kind === 'serve' && peer !== undefined && peer !== '' && peer !== node)
      .map(({ peer = '', node }) => `${nameOf(peer)} > ${nameOf(node)}`)
      .toSorted();
  const other = traces.map(callsOf).find((calls) => calls.join() !== wanted.join());
  return check(label, other === undefined, `${traces.length} traces: ${(other ?? wanted).join(', ')}`);
}
