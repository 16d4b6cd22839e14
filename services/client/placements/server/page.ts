import type { AssetUrls } from '../../../../web/layout.ts';
import { layout } from '../../../../web/layout.ts';
import { markup, type Markup } from '../../../../web/markup.ts';
import { maxTyped } from '../keys.ts';
import { placements } from '../names.ts';
import { sessionQuery } from '../session.ts';

const columns = ['placement', 'round trips', 'sent', 'received', 'client works', 'waits', 'before'];
const fields = ['roundTrips', 'sent', 'received', 'works', 'waits', 'before'];

/** The document of the page `/placements`. Its script runs the placements and fills in the numbers. */
export function placementsPage(
  assets: AssetUrls,
  own: Pick<AssetUrls, 'stylesheet' | 'script'>,
  bytes: number,
): string {
  const main = markup`<div class="placements">
<h1>Thin and fat clients</h1>
<p>One search engine, cut in two at five places. The same code runs in all of them; only the place of the cut differs.
All give the same answers. Choose a placement, search, and watch what crosses the wire. Letters name the five cuts: from
fat to thin in the course (a to e), from thin to fat in Tanenbaum's book.</p>
<noscript><p class="problem">This page needs JavaScript, because parts of the search engine run in it.</p></noscript>
<fieldset class="switch"><legend>What runs on this client?</legend>
${placements.map(
  (
    { name, course, book, cut, onClient, onWire },
    i,
  ) => markup`<label><input type="radio" name="placement" value="${name}"${i === 0 && markup` checked`}>
<span><b>${name}</b> <small>course ${course}, book ${book}; cut ${cut}</small><br>
<small>On the client: ${onClient}. On the wire: ${onWire}.</small></span></label>`,
)}
</fieldset>
<section aria-labelledby="counters"><h2 id="counters">What it cost</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Counters of the five placements"><table>
<thead><tr>${columns.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${placements.map(counterRow)}</tbody></table></div></section>
<form class="line"><label for="typed">Search, key by key</label>
<div class="row"><input id="typed" type="search" maxlength="${maxTyped}" autocomplete="off" autocapitalize="none"
spellcheck="false" enterkeyhint="search">
<button type="submit">Search</button></div></form>
<p class="row"><button type="button" id="play">Play the session here</button>
<button type="button" id="play-all">Play it in all five</button></p>
<p class="about">The session types <q id="query">${sessionQuery}</q> key by key, searches, turns three pages, and sorts
by title. Before it starts, the user has made the same search once, up to page 2; this is not counted.</p>
<p id="status" role="status"></p>
<p id="problem" class="problem" role="alert" hidden></p>
<section id="screen" aria-label="The screen"></section>
<p class="about">Bytes are those of addresses and bodies, without headers. "Client works" is the time from a key to
its screen, without the time that the client waits for the server. "Before" is what the client fetched before the
first key: the words of the corpus, for suggestions. The program of this page has ${Math.round(bytes / 1_000)} kB. When
the server is gone, <b>shared-application</b> still turns the pages of its last search, and <b>data-cache</b> still
answers from what it has cached in the last minute.</p>
</div>`;
  return layout({ title: 'Thin and fat clients - Tierlab', kind: 'inner', box: { q: '' }, main, own }, assets);
}

function counterRow({ name, course, book }: (typeof placements)[number]): Markup {
  return markup`<tr data-placement="${name}"><th scope="row">${name} <small>${course} / ${book}</small></th>
${fields.map((field) => markup`<td data-field="${field}">0</td>`)}</tr>`;
}
