import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { markup } from '../../../web/markup.ts';
import type { Markup } from '../../../web/markup.ts';
import type { RunResult } from '../../verdict/result.ts';
import { describePlan, describeWorkload } from '../describe.ts';
import { heatSteps, pageRun } from './data.ts';
import { section } from './html.ts';
import {
  comparisonTable,
  detailTables,
  faultTable,
  latencyTable,
  thresholdList,
  tiles,
  verdictBox,
  wrongAnswerTable,
} from './sections.ts';
import { pageStyle } from './style.ts';

const require = createRequire(import.meta.url);
/** The page needs no network, so it may use none. This is markup, so that the quotes in it are not escaped. */
const contentPolicy = markup`default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:`;

/**
 * A report of one run, or of two side by side, as one HTML file that needs no network: style, charts (uPlot, inlined)
 * and data are in it. `names` label the runs.
 */
export async function htmlReport(runs: readonly RunResult[], names: readonly string[] = ['A', 'B']): Promise<string> {
  const [first, second] = runs;
  if (!first) throw new Error('a report needs a run');
  const [uPlot, uPlotStyle, charts] = await Promise.all([
    readFile(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
    chartScript(),
  ]);
  const data = { runs: runs.map((run, i) => pageRun(run, names[i] ?? String(i + 1))), heatSteps };
  const title = second
    ? `Comparison: ${names[0]} and ${names[1]}`
    : `${first.plan.target.origin} ${describeWorkload(first.plan.workload)}`;
  const head = markup`<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="${contentPolicy}">
<title>${title}</title>`;
  const body = markup`<main>
<header><h1>${title}</h1>${runs.map((run, i) => subtitle(run, second ? names[i] : undefined))}</header>
${runs.map((run, i) => verdictBox(run, second ? names[i] : undefined))}
${second ? comparisonTable(first, second, names) : tiles(first)}
${thresholdList(first)}
${charted(first)}
${faultTable(first)}
${!second && wrongAnswerTable(first)}
${!second && heatmap}
${spectrum}
${runs.map((run, i) => latencyTable(run, second ? names[i] : undefined))}
${!second && detailTables(first)}
${footer(first)}
</main>`;
  // Style and scripts are our own text and uPlot's, and scriptJson is safe inside a script. None of them may be
  // escaped.
  return `<!doctype html>
<html lang="en"><head>${head.text}<style>${uPlotStyle}${pageStyle}</style></head><body>${body.text}
<script>${uPlot}</script><script>const report = ${scriptJson(data)};${charts}</script></body></html>
`;
}

/** The program that draws the charts: from the bundle, or bundled now when the sources run. */
async function chartScript(): Promise<string> {
  const file = fileURLToPath(new URL('./charts.browser.ts', import.meta.url));
  if (file.endsWith('.js')) return readFile(file, 'utf8');
  const { build } = require('esbuild') as typeof import('esbuild');
  const { outputFiles } = await build({ entryPoints: [file], bundle: true, format: 'iife', write: false });
  return outputFiles[0]?.text ?? '';
}

function subtitle(run: RunResult, name: string | undefined): Markup {
  return markup`<p class="sub">${name !== undefined && markup`<b>${name}</b> `}${describePlan(run.plan)}</p>`;
}

function charted(run: RunResult): Markup[] {
  const shaded = run.journal.some((event) => event.event === 'inject') ? ' Shaded: injected faults.' : '';
  return [
    chart('rate', 'Rate', `Requests per second that were due, were sent, and were answered.${shaded}`),
    chart(
      'latency',
      'Latency',
      'Measured from the intended time, and shown at the time when the request was due: the wait of a user who ' +
        'came at that moment.',
    ),
    chart('errors', 'Errors and wrong answers', 'Wrong: success by its status, but not by its shape or content.'),
  ];
}

function chart(id: string, title: string, hint: string): Markup {
  return section(title, hint, markup`<div id="${id}"></div>`);
}

const heatmap = section(
  'Heatmap',
  'All requests, by the time when they were due and the time that they took. A stronger colour means more requests.',
  markup`<canvas id="heat" role="img" aria-label="Latency heatmap"></canvas>`,
);

const spectrum = chart(
  'spectrum',
  'Percentile spectrum',
  'Where the two lines differ, requests waited before they were sent. A closed loop, or a tool that measures ' +
    'from sending, would not show this wait.',
);

function footer({ startedAtMs, machine, plan }: RunResult): Markup {
  const when = new Date(startedAtMs).toISOString().replace('T', ' ').slice(0, 19);
  const { node, cores, platform } = machine;
  return markup`<footer>Started ${when} UTC; Node.js ${node}, ${cores} cores, ${platform}; seed ${plan.seed}.
Times are measured to 1 µs and kept to 3 digits; those of single ticks to 1%.</footer>`;
}

/** JSON that cannot close the script element around it. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
