import type { Level } from '../../search/levels.ts';
import type { Making, Style } from '../../search/making.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { traceUrl } from '../../web/urls.ts';
import { preciseDuration } from '../../web/numbers.ts';
import { pathOf, type Tier } from './path.ts';

const explained: Record<Style, string> = {
  'object-based': 'Object-based style: the application server calls every service itself.',
  layered: 'Layered style: every tier calls only the one below it; the answer flows back up.',
};

const notIncluded = 'Making the page and sending it to you are not included. ';
const levels: readonly Level[] = ['user-interface', 'processing', 'data'];

interface PathStripOptions {
  /** True when a search was run, so that its time is shown. The home page runs none. */
  readonly found?: boolean;
  /** The address of the same search in the other style, if there is one. */
  readonly otherStyle?: string;
  /** Whether the trace of this answer can be shown. */
  readonly traced?: boolean;
}

/** Shows the path of this answer through the tiers, node by node, so that users see how the work is distributed. */
export function pathStrip(making: Making, { found = true, otherStyle, traced = false }: PathStripOptions = {}): Markup {
  const { chain, calls } = pathOf(making);
  const other = making.style === 'layered' ? 'object-based' : 'layered';
  const took = preciseDuration(making.tookMs);
  const fan = calls.map((tier) => markup`<li>${nodesOf(tier)}</li>`);
  const time = `The search took ${took} in the application server and the tiers that it calls. `;
  const again = otherStyle !== undefined && markup` <a href="${otherStyle}">Make it again in the ${other} style</a>.`;
  const trace =
    traced &&
    making.requestId !== undefined &&
    markup` <a href="${traceUrl(making.requestId)}">See where the time of this request went</a>.`;
  return markup`<section class="path" aria-label="The path of this answer">
<ol class="chain">
${chain.map((tier) => markup`<li>${nodesOf(tier)}</li>`)}
${calls.length > 0 && markup`<li class="fan"><ol class="calls">${fan}</ol></li>`}
</ol>
<details class="about-path">
<summary>${found ? `found in ${took}` : 'how this page was made'}, ${making.style} style</summary>
<p>These nodes made this answer. ${found && `${time}${notIncluded}`}${explained[making.style]}${again}${trace}</p>
<ul class="levels">${levels.map((level) => markup`<li class="${level}">${level} level</li>`)}</ul>
</details>
</section>`;
}

function nodesOf(tier: Tier): Markup[] {
  return tier.nodes.map(
    (node, i) =>
      markup`${i > 0 && markup` <span class="plus">+</span> `}<span class="node ${tier.level}">${node}</span>`,
  );
}
