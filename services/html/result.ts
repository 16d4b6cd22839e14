import type { Explanation } from '../../search/ranked.ts';
import type { Result } from '../../search/results.ts';
import { highlight } from './highlight.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { counted } from '../../web/numbers.ts';
import { pageUrl, webAddress } from '../../web/urls.ts';

/** Renders one result: title, snippet with marked words, address, score, and the explanation of the score. */
export function resultItem(result: Result, terms: ReadonlySet<string>): Markup {
  const origin = webAddress(result.url);
  return markup`<li><article class="result">
<h2><a href="${pageUrl(result.id)}">${result.title === '' ? result.id : result.title}</a></h2>
${result.snippet !== '' && markup`<p class="snippet">${highlight(result.snippet, terms)}</p>`}
<p class="meta"><span class="address">${origin === undefined ? result.url : markup`<a href="${origin}" rel="noreferrer">${result.url}</a>`}</span> <span class="score">score ${result.score.toFixed(3)}</span></p>
${result.explanation !== undefined && explanationOf(result.explanation)}
</article></li>`;
}

/** The most rows of one explanation. The remaining terms share one row. */
const explainedTerms = 24;

/**
 * Shows every part of a score: for each term its rarity and its frequencies, and the page's popularity. The parts sum
 * to the score.
 */
function explanationOf(explanation: Explanation): Markup {
  const terms = explanation.terms.toSorted((a, b) => b.score - a.score).slice(0, explainedTerms);
  const others = explanation.terms.length - terms.length;
  const ofOthers = explanation.relevance - terms.reduce((sum, { score }) => sum + score, 0);
  return markup`<details class="explanation"><summary>Why this score</summary>
<div class="scroll" tabindex="0" role="region" aria-label="The parts of the score"><table>
<thead><tr><th scope="col">Term</th><th scope="col">Weight</th><th scope="col">idf</th><th scope="col">Name length</th><th scope="col">Keywords</th><th scope="col">Body</th><th scope="col">Part</th></tr></thead>
<tbody>${terms.map(
    (part) =>
      markup`<tr><th scope="row">${part.term}</th><td>${trimmed(part.weight)}</td><td>${part.idf.toFixed(3)}</td>${[0, 1, 2].map((field) => markup`<td>${part.frequencies[field] ?? 0}</td>`)}<td>${part.score.toFixed(3)}</td></tr>`,
  )}${others > 0 && markup`<tr><th scope="row" colspan="6">${counted(others, 'other term', 'other terms')}</th><td>${ofOthers.toFixed(3)}</td></tr>`}</tbody>
<tfoot>
<tr><th scope="row" colspan="6">Relevance: the terms together</th><td>${explanation.relevance.toFixed(3)}</td></tr>
<tr><th scope="row" colspan="6">Popularity: ${explanation.popularity.toFixed(3)} from the links to this page</th><td>${explanation.popularityScore.toFixed(3)}</td></tr>
<tr class="sum"><th scope="row" colspan="6">Score</th><td>${explanation.score.toFixed(3)}</td></tr>
</tfoot></table></div></details>`;
}

/** Up to three decimals, without trailing zeros, because most weights are integers. */
function trimmed(value: number): string {
  return String(Number(value.toFixed(3)));
}
