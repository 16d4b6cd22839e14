import type { SourcePage } from '../../../search/source-page.ts';
import { createIndexBuilder } from '../../../services/database/index/builder.ts';
import type { Segment } from '../../../services/database/index/segment.ts';

/** The segment of pages that are on no disk. Doc numbers follow the ids; `ids[doc]`. */
export function segmentOf(pages: readonly SourcePage[]): { segment: Segment; ids: string[] } {
  const sorted = pages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const builder = createIndexBuilder();
  for (const [number, page] of sorted.entries()) builder.add({ number, ...page });
  return { segment: builder.finish(), ids: sorted.map(({ id }) => id) };
}
