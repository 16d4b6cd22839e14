import { markup } from '../../../web/markup.ts';
import type { HandIn } from '../hand-in.ts';
import type { Lab } from '../lab.ts';
import { findings, repeat } from './findings.ts';
import { reportStyle } from './style.ts';
import { taskOf, parametersInWords } from './words.ts';

/** The report of one run: one file without scripts, which needs no network. */
export function reportPage(lab: Lab, { result, explanation }: Pick<HandIn, 'result' | 'explanation'>): string {
  const { verdict, parameters } = result;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lab ${lab.id}: ${lab.topic} - ${verdict}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<p class="muted">Tierlab, lab ${lab.id}: ${lab.topic}</p>
<h1>${lab.question}</h1>
<p class="muted">${parametersInWords(lab, parameters) ?? 'This lab has no parameters.'}</p>
${findings(lab, result)}
<section>
<h2>${taskOf(result).heading}</h2>
<p>${taskOf(result).text}</p>
${result.because !== null && markup`<p class="muted">You predicted this because: ${result.because}</p>`}
<div class="box">${explanation}</div>
<p><b>One more question.</b> ${lab.transfer.question}</p>
<details><summary>An answer</summary><p>${lab.transfer.answer}</p></details>
</section>
${repeat(result)}
</main>
</body>
</html>
`.text;
}
