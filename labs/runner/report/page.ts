import { markup } from '../../../web/markup.ts';
import { noiseInWords } from '../host-noise.ts';
import type { Lab, Verdict } from '../lab.ts';
import type { Result } from '../result.ts';
import { digits, withUnit } from '../units.ts';
import { plot } from './plot.ts';
import { reportStyle } from './style.ts';

/** A symbol as well as a colour and a word. */
export const symbols: Readonly<Record<Verdict, string>> = { PASS: '✓', FAIL: '✗', UNKNOWN: '?' };

/** The report of one run: one file without scripts, which needs no network. */
export function reportPage(lab: Lab, result: Result): string {
  const { rows, checks, verdict, predictionRight, parameters } = result;
  const chart = plot(rows, lab.axes ?? { x: '', y: '' });
  const numbers = Object.entries(parameters).map(
    ([name, value]) => `${name} = ${withUnit(value, lab.parameters[name]!.unit)}`,
  );
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
<p class="muted">${numbers.length === 0 ? 'This lab has no parameters.' : numbers.join(', ')}</p>
<section class="verdict ${verdict}">
<p><strong>${symbols[verdict]} ${verdict}</strong></p>
<p>${verdictInWords[verdict]} ${predictionInWords(predictionRight)}</p>
</section>
<section>
<h2>Predicted, theory, measured</h2>
${chart && markup`<p class="legend"><span>▲ predicted (dashed)</span><span>□ theory (line)</span><span>● measured, with its interval</span></p><div class="scroll">${chart}</div>`}
<div class="scroll"><table class="numbers">
<thead><tr><th scope="col">quantity</th><th scope="col">▲ predicted</th><th scope="col">□ theory</th><th scope="col">● measured</th><th scope="col">interval</th><th scope="col">n</th></tr></thead>
<tbody>
${rows.map(
  ({ label, unit, predicted, theory, measured, low, high, confidence, n }) =>
    markup`<tr><td>${label}</td><td>${predicted === null ? '-' : withUnit(predicted, unit)}</td><td>${withUnit(theory, unit)}</td><td>${measured === null ? '-' : withUnit(measured, unit)}</td><td>${low === null || high === null ? '-' : low === high ? 'exact' : `${withUnit(low, unit)} to ${withUnit(high, unit)} (${digits(confidence * 100)}%)`}</td><td>${n.toLocaleString('en')}</td></tr>`,
)}
</tbody></table></div>
</section>
<section>
<h2>What was checked</h2>
<div class="scroll"><table class="words">
<thead><tr><th scope="col">verdict</th><th scope="col">check</th><th scope="col">found</th></tr></thead>
<tbody>
${checks.map((each) => markup`<tr><td class="${each.verdict}">${symbols[each.verdict]} ${each.verdict}</td><td>${each.label}</td><td>${each.detail}${each.next && markup`. Next: ${each.next}`}</td></tr>`)}
</tbody></table></div>
${result.faults.length > 0 && markup`<p>${result.faults.map(({ kind, target, matched, applied }) => `Fault ${kind} at ${target} changed ${applied} of ${matched} requests. `)}</p>`}
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
<h2>Explain the difference</h2>
<p>Compare your prediction with the measurement. In two sentences: which thought was right, and which was missing?</p>
<div class="box">${result.because === null ? 'You made no prediction in this run.' : `You predicted this because: ${result.because}`}</div>
<p><b>Now use it elsewhere.</b> ${lab.transfer.question}</p>
<details><summary>An answer</summary><p>${lab.transfer.answer}</p></details>
</section>
<section>
<h2>Repeat it</h2>
<pre>${result.command}</pre>
<p class="muted">Seed ${result.seed}. ${result.form === 'virtual' ? 'Virtual time: the same seed gives the same bytes.' : `Live. Host noise: ${result.hostNoise === null ? 'not measured' : noiseInWords(result.hostNoise)}.`} Hints read: ${result.hintsRead}.</p>
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

export function predictionInWords(right: boolean | null): string {
  if (right === null) return 'Nothing was predicted.';
  return right ? 'Your prediction was right.' : 'Your prediction was not right: the most useful kind of lab.';
}

/** The style is ours and holds no markup. */
function raw(text: string) {
  const tag = Object.assign([text], { raw: [text] }) as unknown as TemplateStringsArray;
  return markup(tag);
}
