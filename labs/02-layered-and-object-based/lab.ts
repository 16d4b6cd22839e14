import { exactly, nothing, within } from '../kit/checks.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { runBothStyles } from './live.ts';
import type { Style } from '../../search/making.ts';
import { heldMsOf, isStyle, runShape, shapes, tierNames, timeOf, type ModelRun } from './model.ts';

const jobs = 2_000;
const perSecond = 20;

/** Two styles of calling the same four tiers, and the page view, whose calls need no order. */
export const layeredAndObjectBased = lab({
  id: '02',
  name: 'layered-and-object-based',
  topic: 'layered and object-based style',
  question: 'Each tier calls the next one, or one server calls all of them. Which is faster? Which tiers wait?',
  seconds: 40,
  cores: 2,
  parameters: { r: { unit: 'ms', values: [20, 15, 30] }, s: { unit: 'ms', values: [5, 8, 10] } },
  formula:
    'dependent calls: T = 4 (r + s) in both styles; a tier with k tiers below it holds a request for s + k (r + s); ' +
    'independent calls at the same time cost one r + s',
  assumptions: [
    'r and s are the same at every tier, and the same for every call',
    'no call waits for a free worker',
    'the first three calls of a page view do not need each other’s answers',
  ],
  quantities: ({ r, s }) => [
    { id: 'layered', label: 'a search in layered style', unit: 'ms', theory: timeOf('layered', r!, s!) },
    { id: 'object-based', label: 'a search in object-based style', unit: 'ms', theory: timeOf('object-based', r!, s!) },
    {
      id: 'html layered',
      label: 'html holds a search, layered',
      unit: 'ms',
      theory: heldMsOf('layered', 'html', r!, s!),
    },
    {
      id: 'html object-based',
      label: 'html holds a search, object-based',
      unit: 'ms',
      theory: heldMsOf('object-based', 'html', r!, s!),
    },
    {
      id: 'parallel',
      label: 'a page view: three calls at once, then html',
      unit: 'ms',
      theory: timeOf('parallel', r!, s!),
    },
    { id: 'in turn', label: 'the same four calls one after the other', unit: 'ms', theory: timeOf('in turn', r!, s!) },
  ],
  async virtual({ r, s }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const points: Point[] = [];
    const found: Check[] = [];
    const timeline: string[] = [];
    for (const shape of shapes) {
      const load = variant === 'control' ? (0.9 * 1_000) / (3 * s!) : perSecond;
      const run = await runShape({ seed: `${seed}/${shape}`, shape, r: r!, s: s!, jobs, perSecond: load, variant });
      points.push(exactly(shape, run.meanMs, run.n));
      found.push(within(`${shape}: the time`, run.meanMs, timeOf(shape, r!, s!), 0.001, run.n));
      timeline.push(`${shape}:`, ...run.timeline.map((line) => `  ${line}`));
      if (!isStyle(shape)) continue;
      points.push(exactly(`html ${shape}`, run.held.html.meanMs, run.n));
      found.push(...whoWaits(shape, run, r!, s!));
    }
    return { points, checks: found, timeline };
  },
  live: runBothStyles,
  variants: {
    broken: 'the page view waits for each answer before it makes the next call',
    control: 'one worker for each tier and a high load: calls wait for the worker, and the formula does not count this',
  },
  hints: [
    'Write down which tier is called, and when. Can the next call be made before the last answer is there? Which ' +
      'tiers wait for this answer?',
    'A chain of four calls takes 4 (r + s), whoever makes the calls. A tier holds a request for s, plus r + s for ' +
      'each lower tier that it waits for. Calls at the same time take as long as the slowest one.',
    'You need a stamp from four offices. Each one works for 1 day, and its post takes 1 day. You can write to one ' +
      'office after the other: this takes 8 days, and each office has your file for 1 day. Or each office sends your ' +
      'letter on and keeps your file open: this takes 8 days, too, but the first office has your file for 7 days.',
  ],
  explanation: ({ r, s }) =>
    `Both styles take ${4 * (r! + s!)} ms, because each of the four calls needs the answer before it. The database needs
the planned query. The ranking needs the candidates that the database found. No style can change this.

The style decides which tiers wait. In the layered style, each tier is a client of the next one. It holds a request
until the answers below it are there: html for ${s! + 3 * (r! + s!)} ms, the database for ${s!} ms. In the object-based
style, each tier holds a request for ${s!} ms only. The application server holds it for the whole time in both styles.
So html holds ${(s! + 3 * (r! + s!)) / s!} times as many calls in the layered style, at the same rate (Little's law).
These calls need memory and connections. The advantage of the layered style: each layer hides the layers below it.

A page view needs three answers: the page, the titles of its neighbours, and its popularity. These calls are
independent. So the application server makes them at the same time. With the HTML, this takes ${2 * (r! + s!)} ms, and
not ${4 * (r! + s!)} ms. You save this time only if you know which calls are independent.`,
  transfer: {
    question:
      'A tier hangs: it accepts calls, and never answers. In which style do more tiers fill up with waiting calls?',
    answer:
      'In the layered style. If the lowest tier hangs, html, ranking and query all hold their calls. In the ' +
      'object-based style, only the application server does. Lab 25 computes how soon a server is full.',
  },
});

/** How long each tier holds a call, and how many it holds at a time. */
function whoWaits(style: Style, run: ModelRun, r: number, s: number): readonly Check[] {
  return tierNames.flatMap((tier) => {
    const heldMs = heldMsOf(style, tier, r, s);
    const { meanMs, calls } = run.held[tier];
    return [
      within(`${style}: how long ${tier} holds a call`, meanMs, heldMs, 0.001, run.n),
      within(`${style}: calls held by ${tier} are rate x time`, calls, (perSecond / 1_000) * heldMs, 0.15, run.n),
    ];
  });
}
