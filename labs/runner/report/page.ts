import { markup } from '../../../web/markup.ts';
import { noiseInWords } from '../host-noise.ts';
import type { Lab, Verdict } from '../lab.ts';
import type { Result } from '../result.ts';
import { plot } from './plot.ts';
import { reportStyle } from './style.ts';
import {
  cell,
  explainInWords,
  intervalCell,
  isPredicted,
  parametersInWords,
  predictedCell,
  predictionInWords,
  symbols,
} from './words.ts';

/** The report of one run: one file without scripts, which needs no network. */
export function reportPage(lab: Lab, result: Result): string {
  const { rows, checks, verdict, parameters } = result;
  const chart = plot(rows, lab.axes ?? { x: '', y: '' });
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lab ${lab.id}: ${lab.topic} - ${verdict}</title>
<style>${raw(reportStyle)}</style>
</head>
<body>
<main>
<p class="muted">Tierlab, lab ${lab.id}: ${lab.topic}</p>
<h1>${lab.question}</h1>
<p class="muted">${parametersInWords(lab, parameters) ?? 'This lab has no parameters.'}</p>
<section class="verdict ${verdict}">
<p><strong>${symbols[verdict]} ${verdict}</strong></p>
<p>${verdictInWords[verdict]} ${predictionInWords(result)}</p>
</section>
<section>
<h2>Predicted, theory, measured</h2>
${
  chart &&
  markup`<p class="legend"><span>▲ predicted (dashed)</span><span>□ theory (line)</span>
<span>● measured, with its interval</span></p>
<div class="scroll">${chart}</div>`
}
<div class="scroll"><table class="numbers">
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
</section>
<section>
<h2>What was checked</h2>
<div class="scroll"><table class="words">
<thead><tr>${heads(['verdict', 'check', 'found'])}</tr></thead>
<tbody>
${checks.map(
  ({ verdict, label, detail, next }) =>
    markup`<tr><td class="${verdict}">${symbols[verdict]} ${verdict}</td>${cells([
      label,
      next === undefined ? detail : `${detail}. Next: ${next}`,
    ])}</tr>`,
)}
</tbody></table></div>
${result.faults.map(
  ({ kind, target, matched, applied }) =>
    markup`<p>Fault ${kind} at ${target} changed ${applied} of ${matched} requests.</p>`,
)}
</section>
${
  result.timeline.length > 0 &&
  markup`<section><h2>What happened</h2><pre>${result.timeline.join('\n')}</pre></section>`
}
<section>
<h2>Why</h2>
${lab
  .explanation(parameters)
  .split('\n\n')
  .map((paragraph) => markup`<p>${paragraph}</p>`)}
<p class="muted">Formula: ${lab.formula}</p>
<p class="muted">It assumes: ${lab.assumptions.join('; ')}.</p>
</section>
<section>
<h2>${isPredicted(result) ? 'Explain the difference' : 'Explain the measurement'}</h2>
<p>${explainInWords(result)}</p>
<div class="box">${result.because !== null && `You predicted this because: ${result.because}`}</div>
<p><b>Now use it elsewhere.</b> ${lab.transfer.question}</p>
<details><summary>An answer</summary><p>${lab.transfer.answer}</p></details>
</section>
<section>
<h2>Repeat it</h2>
<pre>${result.command}</pre>
<p class="muted">Seed ${result.seed}. ${formInWords(result)} Hints read: ${result.hintsRead}.</p>
</section>
</main>
</body>
</html>
`.text;
}

const verdictInWords: Readonly<Record<Verdict, string>> = {
  PASS: 'The experiment came out as the theory says.',
  FAIL: 'The experiment did not come out as the theory says.',
  UNKNOWN: 'The experiment could not be judged. This costs no attempt.',
};

function formInWords({ form, hostNoise }: Result): string {
  if (form === 'virtual') return 'Virtual time: the same seed gives the same bytes.';
  return `Live. Host noise: ${hostNoise === null ? 'not measured' : noiseInWords(hostNoise)}.`;
}

const heads = (names: readonly string[]) => names.map((name) => markup`<th scope="col">${name}</th>`);
const cells = (texts: readonly string[]) => texts.map((text) => markup`<td>${text}</td>`);

/** The style is ours and holds no markup. */
function raw(text: string) {
  const tag = Object.assign([text], { raw: [text] }) as unknown as TemplateStringsArray;
  return markup(tag);
}
