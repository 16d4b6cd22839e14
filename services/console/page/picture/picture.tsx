import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CallsNow } from '../../live/snapshot.ts';
import type { Moment } from '../moment.ts';
import { trafficInShort, latency, rate } from '../quantities.ts';
import { layoutOf, type PictureLayout, type Placed } from './layout.ts';
import { wayOf } from './way.ts';
import { lookOf, toneSymbols } from './badges.ts';
import { markHeight, marksOf } from './marks.ts';
import type { AboutNode } from '../../about.ts';

type Shown = Pick<Moment, 'about' | 'now'>;

/**
 * The topology as it is at this moment: tiers from left to right, a wider line means more calls. `plain`: nodes have no
 * pages of their own to link to.
 */
export function Picture({ moment, plain = false }: { moment: Shown; plain?: boolean }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const layout = layoutOf(moment.about, width);
  return (
    <div class="picture" ref={frame}>
      <svg width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`} role="group">
        <title>The nodes of {moment.about.name}, and the calls between them</title>
        <g class="calls" aria-hidden="true">
          {lines(moment, layout).map((line) => (
            <Line key={`${line.from}>${line.to}`} {...line} />
          ))}
        </g>
        {layout.groups.map((group) => (
          <g key={group.name} class={group.control ? 'group control' : 'group'}>
            <rect class="frame" x={group.x} y={group.y} width={group.width} height={group.height} rx={10} />
            <text class="label" x={group.x + 10} y={group.y + 16}>
              {group.name}
            </text>
            {group.nodes.map((node) => (
              <Node key={node.it.id} place={node} moment={moment} plain={plain} />
            ))}
          </g>
        ))}
      </svg>
    </div>
  );
}

function Node({ place, moment, plain }: { place: Placed<AboutNode>; moment: Shown; plain: boolean }) {
  const { x, y, width, height, it } = place;
  const now = moment.now.nodes[it.id];
  const look = lookOf(moment.now, it.id);
  const traffic = now?.live ? trafficInShort(now.live.served) : 'no answer';
  const calm = look.tone === 'good' || look.word === 'standby';
  const detail = calm && look.word === 'alive' ? traffic : look.word;
  const marks = marksOf(look.badges, width - 12);
  // People who control the computer by voice say the words that they see. So the accessible name begins with them.
  const shown = [it.id, detail, ...marks.map(({ word }) => word)];
  const more = [look.word, traffic, ...look.badges.map(({ word }) => word)].filter((word) => !shown.includes(word));
  const words = `${shown.join(' ')}: ${more.join(', ')}`;
  const drawn = (
    <>
      <rect class="box" x={x} y={y} width={width} height={height} rx={7} />
      <text class="symbol" aria-hidden="true" x={x + 10} y={y + 17}>
        {toneSymbols[look.tone]}
      </text>
      <text class="name" x={x + 24} y={y + 17}>
        {it.id}
      </text>{' '}
      <text class={calm ? 'detail' : 'detail state'} x={x + 24} y={y + 31}>
        {detail}
      </text>
      {marks.map(({ word, tone, left, width: itsWidth }) => (
        <g key={word} class={`mark ${tone}`} aria-hidden="true">
          <rect x={x + 6 + left} y={y + height - 6} width={itsWidth} height={markHeight} rx={markHeight / 2} />
          <text x={x + 6 + left + itsWidth / 2} y={y + height + 3.5} text-anchor="middle">
            {` ${word}`}
          </text>
        </g>
      ))}
    </>
  );
  const of = { class: `node ${look.tone}`, 'data-node': it.id, 'aria-label': words };
  if (plain)
    return (
      <g role="img" {...of}>
        {drawn}
      </g>
    );
  return (
    <a href={`#/node/${it.id}`} {...of}>
      {drawn}
    </a>
  );
}

interface LineOf {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** Undefined where there are no calls now. */
  readonly calls?: Pick<CallsNow, 'rate' | 'ok' | 'p50'>;
}

/** The lines for the calls of this moment, and a thin line where a group can call another but makes no calls now. */
function lines({ now, about }: Shown, layout: PictureLayout): LineOf[] {
  const { groups, sideways } = layout;
  const groupOf = new Map(about.nodes.map(({ id, group }) => [id, group]));
  const frames = new Map(groups.map((group) => [group.name, group]));
  const pairOf = (from: string | undefined, to: string | undefined) => `${from}>${to}`;
  const byPair = Map.groupBy(now.calls, ({ from, to }) => pairOf(groupOf.get(from), groupOf.get(to)));
  const idle = about.relations.flatMap(({ from, to }): LineOf[] => {
    const [start, end] = [frames.get(from), frames.get(to)];
    return start && end && !byPair.has(pairOf(from, to)) ? [{ from, to, path: wayOf(start, end, layout) }] : [];
  });
  return [...idle, ...(sideways ? betweenNodes(now.calls, layout) : betweenGroups(byPair, layout))];
}

function betweenNodes(all: readonly CallsNow[], layout: PictureLayout): LineOf[] {
  const nodes = new Map(layout.groups.flatMap((group) => group.nodes.map((node) => [node.it.id, node] as const)));
  return all.flatMap((calls) => {
    const { from, to } = calls;
    const [start, end] = [nodes.get(from), nodes.get(to)];
    return start && end && start !== end ? [{ from, to, path: wayOf(start, end, layout), calls }] : [];
  });
}

/** In the narrow picture, lines to single nodes would cross the nodes. */
function betweenGroups(byPair: ReadonlyMap<string, readonly CallsNow[]>, layout: PictureLayout): LineOf[] {
  const frames = new Map(layout.groups.map((group) => [group.name, group]));
  return [...byPair].flatMap(([pair, all]) => {
    const [from, to] = pair.split('>') as [string, string];
    const [start, end] = [frames.get(from), frames.get(to)];
    if (!start || !end || start === end) return [];
    const total = all.reduce((sum, calls) => sum + calls.rate, 0);
    const ok = all.reduce((sum, calls) => sum + calls.rate * (calls.ok ?? 1), 0) / total;
    return [{ from, to, path: wayOf(start, end, layout), calls: { rate: total, ok } }];
  });
}

function Line({ from, to, path, calls }: LineOf) {
  const way = { 'data-from': from, 'data-to': to, d: path };
  if (calls === undefined)
    return (
      <path class="line idle" {...way}>
        <title>{`${from} calls ${to}: no calls now`}</title>
      </path>
    );
  const width = Math.min(9, 1 + Math.log2(1 + calls.rate) * 0.9);
  const failing = (calls.ok ?? 1) < 0.98;
  return (
    <path class={failing ? 'line failing' : 'line'} {...way} stroke-width={width}>
      <title>{`${from} calls ${to}: ${rate(calls.rate)}, ${latency(calls.p50)}`}</title>
    </path>
  );
}

/** The width of an element, also after the window changed. */
function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(() => Math.min(1_160, innerWidth - 32));
  useLayoutEffect(() => {
    const box = element.current!;
    // An element that is not laid out yet has no width: the estimate stays.
    const measure = () => box.clientWidth > 0 && setWidth(box.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
