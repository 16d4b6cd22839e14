import { markup } from '../../../web/markup.ts';
import type { Interpolated, Markup } from '../../../web/markup.ts';

/** One box of the page. */
export function section(title: string, hint: string, content: Interpolated): Markup {
  return markup`<section><h2>${title}</h2>${hint !== '' && markup`<p class="hint">${hint}</p>`}${content}</section>`;
}

/** A table that scrolls sideways on a narrow screen. */
export function htmlTable(head: readonly string[], rows: readonly (readonly Interpolated[])[]): Markup {
  const headCells = head.map((cell) => markup`<th>${cell}</th>`);
  const body = rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>`);
  return markup`<div class="scroll"><table><thead><tr>${headCells}</tr></thead><tbody>${body}</tbody></table></div>`;
}
