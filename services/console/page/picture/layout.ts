import type { About, AboutNode } from '../../about.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed<T> extends Box {
  readonly it: T;
}

/** A node group: its frame with its name, and its nodes. */
export interface PlacedGroup extends Box {
  readonly name: string;
  readonly control: boolean;
  /** The space for the name, above the first column of nodes. */
  readonly title: Box;
  readonly nodes: readonly Placed<AboutNode>[];
}

export interface PictureLayout {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly PlacedGroup[];
  /** True where requests go from left to right; else from top to bottom, as on phones. */
  readonly sideways: boolean;
}

const nodeHeight = 40;
const gap = 10;
const padding = 10;
const label = 24;
const groupGap = 18;
/** Below this width the tiers stand one under the other, px. */
const narrow = 720;

/** Pure: where everything stands in a picture of this width. */
export function layoutOf(about: About, width: number): PictureLayout {
  const groupsOf = (names: readonly string[]) =>
    names.map((name) => ({ name, lanes: lanesOf(about.nodes.filter(({ group }) => group === name)) }));
  const tiers = about.tiers.map(groupsOf);
  const control = groupsOf(about.control);
  return (width < narrow ? downwards : sideways)(tiers, control, width, passedTiers(about));
}

type Lanes = readonly (readonly AboutNode[])[];
interface Group {
  readonly name: string;
  readonly lanes: Lanes;
}

/** Replicas stand below each other, shards beside each other. */
function lanesOf(nodes: readonly AboutNode[]): Lanes {
  return [...Map.groupBy(nodes, ({ shard }) => shard ?? 0).values()];
}

const rowsOf = ({ lanes }: Group): number => Math.max(...lanes.map((lane) => lane.length));
const heightOf = (group: Group): number => label + rowsOf(group) * (nodeHeight + gap) - gap + padding;
const stackHeight = (groups: readonly Group[]): number =>
  groups.reduce((sum, group) => sum + heightOf(group) + groupGap, -groupGap);

function sideways(
  tiers: readonly (readonly Group[])[],
  control: readonly Group[],
  width: number,
  passed: ReadonlySet<number>,
): PictureLayout {
  const lanes = tiers.map((groups) => Math.max(...groups.map((group) => group.lanes.length)));
  const all = lanes.reduce((sum, count) => sum + count, 0);
  // Lines need room between the tiers.
  const between = tiers.length > 1 ? Math.min(110, Math.max(44, (width - all * 150) / (tiers.length - 1))) : 0;
  const room = width - between * (tiers.length - 1) - tiers.length * 2 * padding - (all - tiers.length) * gap;
  const nodeWidth = Math.min(176, room / all);
  const tallest = Math.max(...tiers.map(stackHeight));
  const groups: PlacedGroup[] = [];
  let x = 0;
  tiers.forEach((tier, i) => {
    const tierWidth = lanes[i]! * (nodeWidth + gap) - gap + 2 * padding;
    let y = (tallest - stackHeight(tier)) / 2;
    for (const group of tier) {
      groups.push(placed(group, { x, y, width: tierWidth, height: heightOf(group) }, nodeWidth, false));
      y += heightOf(group) + groupGap;
    }
    x += tierWidth + between;
  });
  const used = x - between;
  const row = control.map(flat);
  const widthOf = (group: Group) => group.lanes.length * (nodeWidth + gap) - gap + 2 * padding;
  const rowWidth = row.reduce((sum, group) => sum + widthOf(group) + groupGap, -groupGap);
  const rowHeight = Math.max(0, ...row.map(heightOf));
  // Where tiers are short, the control plane may use the space below them, also next to a taller tier. But it must not
  // cover the space in which the lines go to the next tier.
  const above = groups.filter((group) => group.x - between < rowWidth).map((group) => group.y + group.height);
  const below = Math.max(tallest - rowHeight, Math.max(0, ...above) + groupGap * 1.5);
  let left = 0;
  for (const group of row) {
    const box = { x: left, y: below, width: widthOf(group), height: heightOf(group) };
    groups.push(placed(group, box, nodeWidth, true));
    left += box.width + groupGap;
  }
  // Lines pass below a tier that is as tall as the picture.
  const isPassed = [...passed].some((tier) => stackHeight(tiers[tier]!) === tallest);
  const height = Math.max(tallest + (isPassed ? groupGap : 0), below + rowHeight);
  return { width: Math.max(used, rowWidth), height, groups, sideways: true };
}

/** The nodes of the control plane stand in one row. */
const flat = ({ name, lanes }: Group): Group => ({ name, lanes: lanes.flat().map((node) => [node]) });

/** The tiers that a line must pass, because it connects an earlier tier with a later one. */
function passedTiers({ tiers, relations }: About): ReadonlySet<number> {
  const tierOf = (name: string) => tiers.findIndex((names) => names.includes(name));
  const ways = relations.map(({ from, to }) => [tierOf(from), tierOf(to)] as const);
  return new Set(tiers.keys().filter((tier) => ways.some(([from, to]) => from < tier && tier < to)));
}

function downwards(
  tiers: readonly (readonly Group[])[],
  control: readonly Group[],
  width: number,
  passed: ReadonlySet<number>,
): PictureLayout {
  const groups: PlacedGroup[] = [];
  let y = 0;
  for (const [index, tier] of [...tiers, control].entries()) {
    const isControl = index === tiers.length;
    // Where a tier has several groups, two stand side by side.
    const perRow = tier.length > 1 ? 2 : 1;
    for (let i = 0; i < tier.length; i += perRow) {
      const row = tier.slice(i, i + perRow).map((group) => (perRow === 2 ? single(group) : spread(group)));
      // Lines that pass a single group need room beside it. Between two groups there is room already.
      const lane = perRow === 1 && passed.has(index) ? groupGap : 0;
      const groupWidth = (width - lane - (perRow - 1) * groupGap) / perRow;
      const height = Math.max(...row.map(heightOf));
      row.forEach((group, column) => {
        const columns = group.lanes.length;
        const nodeWidth = Math.min(200, (groupWidth - 2 * padding - (columns - 1) * gap) / columns);
        const frame = { x: column * (groupWidth + groupGap), y, width: groupWidth, height };
        groups.push(placed(group, frame, nodeWidth, isControl));
      });
      y += height + groupGap + (i + perRow >= tier.length ? gap : 0);
    }
  }
  return { width, height: y - groupGap, groups, sideways: false };
}

/** A few nodes stand in one row. */
const spread = (group: Group): Group => (group.lanes.flat().length <= 3 ? flat(group) : group);

const single = ({ name, lanes }: Group): Group => ({ name, lanes: [lanes.flat()] });

function placed(group: Group, frame: Box, nodeWidth: number, control: boolean): PlacedGroup {
  const used = group.lanes.length * (nodeWidth + gap) - gap;
  const left = frame.x + (frame.width - used) / 2;
  const nodes = group.lanes.flatMap((lane, column) =>
    lane.map((it, row) => ({
      it,
      x: left + column * (nodeWidth + gap),
      y: frame.y + label + row * (nodeHeight + gap),
      width: nodeWidth,
      height: nodeHeight,
    })),
  );
  const title = { x: left, y: frame.y, width: nodeWidth, height: label };
  return { ...frame, name: group.name, control, title, nodes };
}
