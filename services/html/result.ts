import type { Explanation } from '../../search/ranked.ts';
import type { Result } from '../../search/results.ts';
import { highlight } from './highlight.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { counted } from '../../web/numbers.ts';
import { pageUrl, webAddress } from '../../web/urls.ts';

/** Renders one result: title, snippet with marked words, address, score, and the explanation of the score. */
export function resultItem(result: Result, terms: ReadonlySet<string>): Markup {
  const origin = webAddress(result.url);
  const address = origin === undefined ? result.url : markup`<a href="${origin}" rel="noreferrer">${result.url}</a>`;
  return markup`<li><article class="result">
<h2><a href="${pageUrl(result.id)}">${result.title === '' ? result.id : result.title}</a></h2>
${result.snippet !== '' && markup`<p class="snippet">${highlight(result.snippet, terms)}</p>`}
<p class="meta"><span class="address">${address}</span> <span class="score">score ${result.score.toFixed(3)}</span></p>
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
<thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${terms.map(termRow)}${others > 0 && sumRow(counted(others, 'other term', 'other terms'), ofOthers)}</tbody>
<tfoot>
${sumRow('Relevance: the terms together', explanation.relevance)}
${sumRow(`Popularity: ${explanation.popularity.toFixed(3)} from the links to this page`, explanation.popularityScore)}
<tr class="sum"><th scope="row" colspan="6">Score</th><td>${explanation.score.toFixed(3)}</td></tr>
</tfoot></table></div></details>`;
}

const columns = ['Term', 'Weight', 'idf', 'Name length', 'Keywords', 'Body', 'Part'];

function termRow({ term, weight, idf, frequencies, score }: Explanation['terms'][number]): Markup {
  const counts = [0, 1, 2].map((field) => markup`<td>${frequencies[field] ?? 0}</td>`);
  return markup`<tr><th scope="row">${term}</th><td>${trimmed(weight)}</td><td>${idf.toFixed(3)}</td>
${counts}<td>${score.toFixed(3)}</td></tr>`;
}

function sumRow(what: string, score: number): Markup {
  return markup`<tr><th scope="row" colspan="6">${what}</th><td>${score.toFixed(3)}</td></tr>`;
}

/** Up to three decimals, without trailing zeros, because most weights are integers. */
function trimmed(value: number): string {
  return String(Number(value.toFixed(3)));
}
