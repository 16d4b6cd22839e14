import { expect, test } from 'vitest';
import { aboutCluster } from '../../../services/console/about.ts';
import { layoutOf, type Box } from '../../../services/console/page/picture/layout.ts';
import { marksOf } from '../../../services/console/page/picture/marks.ts';
import { wayOf } from '../../../services/console/page/picture/way.ts';
import { topologyNames } from '../../../shared/cluster/topology-file.ts';
import { topologiesFolder, topologyNamed } from '../../support/topologies.ts';

const names = await topologyNames(topologiesFolder);
const topologies = await Promise.all(names.map((name) => topologyNamed(name)));
const abouts = topologies.flatMap((topology) =>
  (['object-based', 'layered'] as const).map((style) => aboutCluster({ ...topology, style }, '', false)),
);
const cases = abouts.flatMap((about) =>
  [320, 390, 720, 1_160].map((width) => [`${about.name}, ${about.style}`, width, about] as const),
);

test.each([
  [170, ['limp.latency', 'ejected by 2']],
  [150, ['limp.latency', '+3']],
  [90, ['latency', '+3']],
  [64, ['late…', '+3']],
])('badges in %i px: those that fit are whole, and the others are counted', (room, words) => {
  const badges = ['limp.latency', 'ejected by 2', 'circuit open', 'draining'].map((word) => ({
    word,
    tone: 'warn' as const,
  }));
  const marks = marksOf(room === 170 ? badges.slice(0, 2) : badges, room);
  expect(marks.map(({ word }) => word)).toEqual(words);
  for (const [i, { left, width }] of marks.entries())
    expect(left >= 0 && left + width <= (marks[i + 1]?.left ?? room + 1)).toBe(true);
});

test.each(cases)('%s, %i px: every node has its place inside, and none covers another', (_, width, about) => {
  const { groups, width: used } = layoutOf(about, width);
  const boxes = groups.flatMap(({ nodes }) => nodes);
  expect(boxes.map(({ it }) => it.id).toSorted()).toEqual(about.nodes.map(({ id }) => id).toSorted());
  expect(used - width).toBeLessThan(0.001);
  for (const a of boxes)
    for (const b of boxes)
      if (a !== b)
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
          true,
        );
});

test.each(cases)('%s, %i px: no line passes behind what it does not lead to', (_, width, about) => {
  const layout = layoutOf(about, width);
  const { groups } = layout;
  const inner = ({ x, y, width: wide, height }: Box, [left, top]: readonly number[]) =>
    left! > x + 2 && left! < x + wide - 2 && top! > y + 2 && top! < y + height - 2;
  const behind: string[] = [];
  for (const { from, to } of about.relations) {
    const [start, end] = [groups.find(({ name }) => name === from)!, groups.find(({ name }) => name === to)!];
    const points = pointsOf(wayOf(start, end, layout));
    for (const other of groups)
      if (other !== start && other !== end && points.some((point) => inner(other, point)))
        behind.push(`${from} > ${to} behind ${other.name}`);
    for (const node of end.nodes) {
      const toNode = pointsOf(wayOf(start.nodes[0]!, node, layout));
      // Titles are set in a font of about 7 px a letter.
      const title = { x: end.x + 10, y: end.y + 4, width: 7 * end.name.length, height: 16 };
      if (layout.sideways && toNode.some((point) => inner(title, point)))
        behind.push(`${from} > ${node.it.id} behind the title of ${end.name}`);
      for (const other of end.nodes)
        if (layout.sideways && other !== node && toNode.some((point) => inner(other, point)))
          behind.push(`${from} > ${node.it.id} behind ${other.it.id}`);
    }
  }
  expect(behind).toEqual([]);
});

/** Points of a path of straight lines and cubic curves. */
function pointsOf(path: string): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  let at: readonly [number, number] = [0, 0];
  for (const [, command, text] of path.matchAll(/([MLC])([^MLC]*)/g)) {
    const numbers = text!.match(/-?[\d.]+/g)!.map(Number);
    const [a, b, c] = [0, 2, 4].map((i) => [numbers[i] ?? 0, numbers[i + 1] ?? 0] as const);
    for (let t = 0; t <= 1; t += 0.02) {
      const [u, s] = [1 - t, at];
      const mix = (i: 0 | 1) =>
        command === 'C'
          ? u ** 3 * s[i] + 3 * u * u * t * a![i] + 3 * u * t * t * b![i] + t ** 3 * c![i]
          : u * (command === 'M' ? a![i] : s[i]) + t * a![i];
      points.push([mix(0), mix(1)]);
    }
    at = command === 'C' ? c! : a!;
  }
  return points;
}
