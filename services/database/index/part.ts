import { type IndexPart, maxPartPages, maxPartPositions } from '../../../search/index-part.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { countOf } from './packed-counts.ts';
import { postingList } from './posting-lists.ts';
import { positionReader } from './positions.ts';
import { fieldLengths } from './score-bounds.ts';
import type { Segment } from './segment.ts';
import type { Work } from '../../../shared/time/work.ts';

/** The cost of reading the id of a page from the store, in steps of the index. */
const idSteps = 200;

/**
 * Copies the part of the index that belongs to `term`. `idOf` reads the id of a page by its number in the store. Throws
 * `too_costly` when the part would be too large for the network.
 */
export function* indexPartOf(segment: Segment, term: string, idOf: (number: number) => string): Work<IndexPart> {
  const { start, end } = postingList(segment, { term }, 0);
  checkPartSize(term, end - start, 0);
  const reader = positionReader(segment);
  let anchorNumbers = 0;
  const part = {
    documents: segment.documents,
    fieldLengths: fieldLengths(segment),
    ids: [] as string[],
    lengths: [] as number[],
    popularity: [] as number[],
    counts: [] as number[],
    positions: [] as number[],
    anchors: [] as number[][],
  };
  for (let p = start; p < end; p++) {
    const doc = segment.docs[p]!;
    part.counts.push(countOf(segment, p, 0));
    for (const field of [0, 1, 2] as const) {
      const positions = reader.read(p, field);
      part.counts.push(positions.length);
      for (const position of positions) part.positions.push(position);
      part.lengths.push(segment.lengths[doc * 3 + field]!);
    }
    const anchors = segment.anchors.subarray(segment.anchorStart[doc], segment.anchorStart[doc + 1]);
    anchorNumbers += anchors.length;
    checkPartSize(term, end - start, anchorNumbers + part.positions.length);
    if (anchors.length > 0) part.anchors.push([part.ids.length, ...anchors]);
    part.popularity.push(segment.popularity[doc]!);
    part.ids.push(idOf(segment.numbers[doc]!));
    yield idSteps;
  }
  return part;
}

/** Throws `too_costly` when one term has more pages, or more positions and anchors, than one answer carries. */
export function checkPartSize(term: string, pages: number, positions: number): void {
  if (pages <= maxPartPages && positions <= maxPartPositions) return;
  const why =
    pages > maxPartPages ? `${pages} pages hold "${term}"` : `"${term}" occurs too often, or in too long texts`;
  throw new RpcError(
    'too_costly',
    `this part of the index is too large for a client: ${why}. Use a rarer word, or a thinner client`,
  );
}
