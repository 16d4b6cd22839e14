import type { IndexPart } from '../../../search/index-part.ts';
import { createGrouping } from './page-postings.ts';
import type { Segment } from './segment.ts';
import { createSegmentWriter, type PageFacts } from './segment-writer.ts';

/** One term, and its part of the index of each shard. */
export interface TermParts {
  readonly term: string;
  readonly parts: readonly IndexPart[];
}

export interface Assembled {
  readonly segment: Segment;
  /** doc -> the id of the page. */
  readonly ids: readonly string[];
}

interface Occurrence {
  readonly id: string;
  /** The number of the term. */
  readonly t: number;
  readonly nameCode: number;
  /** Positions by field. */
  readonly positions: readonly (readonly number[])[];
  readonly facts: Omit<PageFacts, 'number'>;
}

/**
 * Builds a segment from the parts of some terms. It answers every plan of these terms like the whole index, if the
 * search is given the statistics of all shards. It holds no page without one of the terms.
 */
export function assembleSegment(terms: readonly TermParts[]): Assembled {
  const occurrences = terms.flatMap(({ parts }, t) => parts.flatMap((part) => occurrencesIn(part, t)));
  // The sort is stable, so the terms of a page stay in their order.
  occurrences.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const writer = createSegmentWriter();
  const grouping = createGrouping();
  const ids: string[] = [];
  for (let i = 0; i < occurrences.length;) {
    const { id, facts } = occurrences[i]!;
    grouping.begin();
    for (; occurrences[i]?.id === id; i++) {
      const { t, nameCode, positions } = occurrences[i]!;
      for (const field of [0, 1, 2] as const)
        for (const position of positions[field]!) grouping.add(t, field, position);
      if (nameCode > 0) grouping.addName(t, nameCode);
    }
    writer.add({ ...facts, number: ids.length }, grouping);
    ids.push(id);
  }
  return { segment: writer.finish(terms.map(({ term }) => term)), ids };
}

function occurrencesIn(part: IndexPart, t: number): Occurrence[] {
  const anchors = new Map(part.anchors.map(([page, ...pairs]) => [page, pairs]));
  let at = 0;
  const take = (count: number) => part.positions.slice(at, (at += count));
  return part.ids.map((id, i) => {
    const [nameCode, ...counts] = part.counts.slice(4 * i, 4 * i + 4);
    return {
      id,
      t,
      nameCode: nameCode!,
      positions: counts.map(take),
      facts: {
        lengths: part.lengths.slice(3 * i, 3 * i + 3),
        popularity: part.popularity[i]!,
        anchors: anchors.get(i) ?? [],
      },
    };
  });
}
