import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describePlan, describeWorkload } from '../describe.ts';
import type { RunResult } from '../../verdict/result.ts';
import { drawCharts } from './charts.ts';
import { heatSteps, pageRun } from './data.ts';
import {
  comparisonTable,
  detailTables,
  escapeHtml,
  faultTable,
  latencyTable,
  thresholdList,
  tiles,
  verdictBox,
} from './sections.ts';
import { pageStyle } from './style.ts';

/**
 * A report of one run, or of two side by side, as one HTML file that needs no network: style, charts (uPlot, inlined) and data are in it.
 * `names` label the runs.
 */
export async function htmlReport(runs: readonly RunResult[], names: readonly string[] = ['A', 'B']): Promise<string> {
  const first = runs[0];
  if (!first) throw new Error('a report needs a run');
  const require = createRequire(import.meta.url);
  const [script, style] = await Promise.all([
    readFile(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
  ]);
  const data = runs.map((run, i) => pageRun(run, names[i] ?? String(i + 1)));
  const second = runs[1];
  const title = second
    ? `Comparison: ${names[0]} and ${names[1]}`
    : `${first.plan.target.origin} ${describeWorkload(first.plan.workload)}`;
  const when = new Date(first.startedAtMs).toISOString().replace('T', ' ').slice(0, 19);
  const subtitle = runs
    .map(
      (run, i) =>
        `<p class="sub">${second ? `<b>${escapeHtml(names[i] ?? '')}</b> ` : ''}${escapeHtml(describePlan(run.plan))}</p>`,
    )
    .join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title><style>${style}${pageStyle}</style></head><body><main>
<header><h1>${escapeHtml(title)}</h1>${subtitle}</header>
${runs.map((run, i) => verdictBox(run, second ? names[i] : undefined)).join('')}
${second ? '' : tiles(first)}
${second ? comparisonTable(first, second, names) : ''}
${thresholdList(first)}
${chartSection('rate', 'Rate', 'Requests per second that were due, were sent, and were answered.', first)}
${chartSection('latency', 'Latency', 'From the intended send time, by the time a request was due: what a user who came at that moment had to wait.', first)}
${chartSection('errors', 'Errors and wrong answers', 'Wrong: success by its status, but not by its shape or content.', first)}
${faultTable(first)}
${second ? '' : `<section><h2>Heatmap</h2><p class="hint">Every request by the time it was due and the time it took; the stronger, the more.</p><canvas id="heat" role="img" aria-label="Latency heatmap"></canvas></section>`}
<section><h2>Percentile spectrum</h2><p class="hint">Where the two lines part, requests waited to be sent: a closed loop, or a tool that starts its clock on sending, would not have seen it.</p><div id="spectrum"></div></section>
${runs.map((run, i) => latencyTable(run, second ? names[i] : undefined)).join('')}
${second ? '' : detailTables(first)}
<footer>Started ${when} UTC; Node.js ${escapeHtml(first.machine.node)}, ${first.machine.cores} cores, ${escapeHtml(first.machine.platform)}; seed ${escapeHtml(first.plan.seed)}. Times are measured to 1 µs and kept to 3 digits; those of single ticks to 1%.</footer>
</main><script>${script}</script><script>(${drawCharts.toString()})(uPlot, ${scriptJson(data)}, ${heatSteps});</script></body></html>
`;
}

function chartSection(id: string, title: string, hint: string, run: RunResult): string {
  const faults =
    id === 'rate' && run.journal.some((event) => event.event === 'inject') ? ' Shaded: injected faults.' : '';
  return `<section><h2>${title}</h2><p class="hint">${hint}${faults}</p><div id="${id}"></div></section>`;
}

/** JSON that cannot end the script element it stands in. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}
