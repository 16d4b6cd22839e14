import type { Box, PictureLayout } from './layout.ts';

/**
 * What stands in the way of a line: nodes, titles and groups. All parts of one barrier begin at the same distance from
 * the edge where requests come in.
 */
interface Barrier {
  /** The range along the direction in which requests go. */
  readonly from: number;
  readonly to: number;
  /** The occupied ranges, across this direction. */
  readonly taken: readonly (readonly [from: number, to: number])[];
}

/** A box as a line sees it: `from` and `to` along the direction of requests, `low` and `high` across it. */
interface Extent {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** A narrower gap has no room for a line, px. */
const narrowest = 8;
/** Lines keep this distance from what they pass, if there is room, px. */
const margin = 9;

const extentOf = ({ x, y, width, height }: Box, sideways: boolean): Extent =>
  sideways
    ? { from: x, to: x + width, low: y, high: y + height }
    : { from: y, to: y + height, low: x, high: x + width };

/**
 * The path of a line between two nodes or groups as SVG. It goes around the groups between the two. In the called group
 * it goes around the title and around the nodes before the called one. A line that passed behind a node would look like
 * two calls.
 */
export function wayOf(start: Box, end: Box, layout: PictureLayout): string {
  const { sideways } = layout;
  const [a, b] = [extentOf(start, sideways), extentOf(end, sideways)];
  const forth = a.from <= b.from;
  const [first, last] = forth ? [a.to, b.from] : [a.from, b.to];
  const across = (low: number, high: number) => (low + high) / 2;
  const size = sideways ? layout.height : layout.width;
  const point = (along: number, beside: number) => (sideways ? `${along},${beside}` : `${beside},${along}`);
  let [at, beside] = [first, across(a.low, a.high)];
  const goal = across(b.low, b.high);
  let path = `M${point(at, beside)}`;
  const curveTo = (along: number, target: number): void => {
    const bend = (along - at) / 2;
    path += ` C${point(at + bend, beside)} ${point(along - bend, target)} ${point(along, target)}`;
    [at, beside] = [along, target];
  };
  const barriers = forth ? barriersBetween(a, b, layout) : [];
  for (const { from, to, taken } of barriers) {
    const gap = gapNear(across(beside, goal), taken, size);
    if (gap === undefined) continue;
    curveTo(from, gap);
    path += ` L${point(to, gap)}`;
    at = to;
  }
  curveTo(last, goal);
  return path;
}

function barriersBetween(start: Extent, end: Extent, { groups, sideways }: PictureLayout): readonly Barrier[] {
  const frames = groups.filter(({ control }) => !control);
  const extents = frames.map((group) => extentOf(group, sideways));
  const between = extents.filter(({ from, to }) => from >= start.to && to <= end.from);
  const called = frames.find((group) => isWithin(end, extentOf(group, sideways)));
  const inside = called ? [called.title, ...called.nodes] : [];
  const before = inside.map((box) => extentOf(box, sideways)).filter(({ to }) => to <= end.from);
  return [...barriersOf(between), ...barriersOf(before)];
}

const isWithin = (inner: Extent, outer: Extent): boolean =>
  inner.from >= outer.from && inner.to <= outer.to && inner.low >= outer.low && inner.high <= outer.high;

function barriersOf(extents: readonly Extent[]): Barrier[] {
  return [...Map.groupBy(extents, ({ from }) => from)]
    .toSorted(([a], [b]) => a - b)
    .map(([from, those]) => ({
      from,
      to: Math.max(...those.map(({ to }) => to)),
      taken: those.map(({ low, high }) => [low, high] as const).toSorted(([a], [b]) => a - b),
    }));
}

/** The free place nearest to `wanted`; undefined where nothing is free. */
function gapNear(wanted: number, taken: Barrier['taken'], size: number): number | undefined {
  const gaps: number[] = [];
  let free = 0;
  for (const [low, high] of [...taken, [size, size] as const]) {
    if (low - free >= narrowest) {
      const room = Math.min(margin, (low - free) / 2);
      gaps.push(Math.min(low - room, Math.max(free + room, wanted)));
    }
    free = Math.max(free, high);
  }
  return gaps.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
}
