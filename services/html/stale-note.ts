import type { Making } from '../../search/making.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { counted } from '../../web/numbers.ts';

/** Tells the reader that a part of the system is down, and that this answer comes from memory. */
export function staleNote({ staleMs }: Making): Markup | false {
  if (staleMs === undefined) return false;
  const age = counted(Math.max(1, Math.round(staleMs / 1_000)), 'second', 'seconds');
  const text = `This answer comes from memory; it was made ${age} ago.`;
  return markup`<p class="suggestion" role="status">A part of the search engine is down now. ${text}</p>`;
}
