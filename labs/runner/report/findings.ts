import { markup, type Markup } from '../../../web/markup.ts';
import { noiseInWords } from '../host-noise.ts';
import type { Lab, LabVerdict } from '../lab.ts';
import type { LabResult } from '../result.ts';
import { plot } from './plot.ts';
import { cell, intervalCell, predictedCell, predictionInWords, verdictSymbols } from './words.ts';

/** What one run found, from the verdict to the reason. The report and the page of the lab both show it. */
export const findings = (lab: Lab, result: LabResult): Markup => markup`${verdict(result)}
${numbers(lab, result)}
${checks(result)}
${happened(result)}
${why(lab, result)}`;

const verdict = (result: LabResult): Markup => markup`<section class="verdict ${result.verdict}">
<p><strong>${verdictSymbols[result.verdict]} ${result.verdict}</strong></p>
<p>${verdictInWords[result.verdict]} ${predictionInWords(result)}</p>
</section>`;

function numbers({ axes }: Lab, { rows }: LabResult): Markup {
  const chart = plot(rows, axes ?? { x: '', y: '' });
  return markup`<section>
<h2>Predicted, theory, measured</h2>
${
  chart &&
  markup`<p class="legend"><span>▲ predicted (dashed)</span><span>□ theory (line)</span>
<span>● measured, with its interval</span></p>
<div class="scroll" role="group" aria-label="Plot" tabindex="0">${chart}</div>`
}
<div class="scroll" role="group" aria-label="Numbers" tabindex="0"><table class="numbers">
<thead><tr>${heads(['quantity', '▲ predicted', '□ theory', '● measured', 'interval', 'n'])}</tr></thead>
<tbody>
${rows.map(
  (row) =>
    markup`<tr>${cells([
      row.label,
      predictedCell(row),
      cell(row.theory, row),
      cell(row.measured, row),
      intervalCell(row),
      row.n.toLocaleString('en'),
    ])}</tr>`,
)}
</tbody></table></div>
</section>`;
}

const checks = (result: LabResult): Markup => markup`<section>
<h2>What was checked</h2>
<div class="scroll" role="group" aria-label="Checks" tabindex="0"><table class="words">
<thead><tr>${heads(['verdict', 'check', 'found'])}</tr></thead>
<tbody>
${result.checks.map(
  ({ verdict, label, detail, next }) =>
    markup`<tr><td class="${verdict}">${verdictSymbols[verdict]} ${verdict}</td>${cells([
      label,
      next === undefined ? detail : `${detail}. Next: ${next}`,
    ])}</tr>`,
)}
</tbody></table></div>
${result.faults.map(
  ({ kind, target, matched, applied }) =>
    markup`<p>Fault ${kind} at ${target} changed ${applied} of ${matched} requests.</p>`,
)}
</section>`;

const happened = ({ timeline }: LabResult): Markup | false =>
  timeline.length > 0 &&
  markup`<section><h2>What happened</h2>
<pre role="group" aria-label="Timeline" tabindex="0">${timeline.join('\n')}</pre></section>`;

const why = (lab: Lab, { parameters }: LabResult): Markup => markup`<section>
<h2>Why</h2>
${lab
  .explanation(parameters)
  .split('\n\n')
  .map((paragraph) => markup`<p>${paragraph}</p>`)}
<p class="muted">Formula: ${lab.formula}</p>
<p class="muted">The formula assumes: ${lab.assumptions.join('; ')}.</p>
</section>`;

/** The command that repeats the run, and under which circumstances it ran. */
export const repeat = (result: LabResult): Markup => markup`<section>
<h2>Repeat it</h2>
<pre role="group" aria-label="Command" tabindex="0">${result.command}</pre>
<p class="muted">Seed ${result.seed}. ${formInWords(result)} Hints read: ${result.hintsRead}.</p>
</section>`;

const verdictInWords: Readonly<Record<LabVerdict, string>> = {
  PASS: 'The measurement agrees with the theory.',
  FAIL: 'The measurement does not agree with the theory.',
  UNKNOWN: 'This run proves nothing. It does not count as an attempt.',
};

function formInWords({ form, hostNoise }: LabResult): string {
  if (form === 'virtual') return 'Virtual time: the same seed gives the same results.';
  return `Live. Host noise: ${hostNoise === null ? 'not measured' : noiseInWords(hostNoise)}.`;
}

const heads = (names: readonly string[]) => names.map((name) => markup`<th scope="col">${name}</th>`);
const cells = (texts: readonly string[]) => texts.map((text) => markup`<td>${text}</td>`);
