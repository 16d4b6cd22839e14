import type { Trie } from './trie.ts';

export interface NearWord {
  /** The number of the word. */
  readonly word: number;
  readonly distance: number;
}

/** The most trie nodes that one search may visit: about 50 ns each, so 1 ms. */
const maxVisits = 20_000;

/**
 * The words within `maxDistance` edits of `typed`. An edit adds, drops or changes a letter, or swaps two neighbours
 * (Damerau 1964; no letter is edited twice). The search walks the trie and keeps one row of the edit table per depth.
 * So words with a common prefix share work, and a prefix that is too far away is skipped with all its words. After
 * `maxVisits` nodes, the words found so far are returned.
 */
export function neighbours(trie: Trie, typed: string, maxDistance: number): NearWord[] {
  const width = typed.length + 1;
  const letters = Uint16Array.from({ length: typed.length }, (_, i) => typed.charCodeAt(i));
  const maxDepth = typed.length + maxDistance;
  const rows = new Uint8Array((maxDepth + 1) * width);
  for (let column = 0; column < width; column++) rows[column] = column;
  const found: NearWord[] = [];
  const at = new Uint32Array(maxDepth + 2);
  let visits = 0;

  // Depth-first search without recursion: at[depth] = the node at this depth of the current path.
  let depth = 1;
  at[1] = trie.firstChild[0]!;
  while (depth > 0) {
    const node = at[depth]!;
    if (node === 0 || ++visits > maxVisits) {
      depth--;
      if (visits > maxVisits) break;
      if (depth > 0) at[depth] = trie.nextSibling[at[depth]!]!;
      continue;
    }
    const least = fillRow(depth, trie.letter[node]!, depth > 1 ? trie.letter[at[depth - 1]!]! : -1);
    const distance = rows[depth * width + width - 1]!;
    if (trie.word[node] !== -1 && distance <= maxDistance) found.push({ word: trie.word[node]!, distance });
    if (least <= maxDistance && depth < maxDepth && trie.firstChild[node] !== 0) at[++depth] = trie.firstChild[node]!;
    else at[depth] = trie.nextSibling[node]!;
  }
  return found;

  /**
   * Fills the row for the prefix that ends with `letter` and returns its least number. It fills only the band around
   * the diagonal, because all other numbers exceed `maxDistance`.
   */
  function fillRow(depth: number, letter: number, letterBefore: number): number {
    const row = depth * width;
    const above = row - width;
    const first = Math.max(1, depth - maxDistance);
    const last = Math.min(width - 1, depth + maxDistance);
    const tooFar = maxDistance + 1;
    rows[row + first - 1] = first === 1 ? depth : tooFar;
    let least = rows[row + first - 1]!;
    for (let column = first; column <= last; column++) {
      const same = letters[column - 1] === letter;
      let best = rows[above + column - 1]! + (same ? 0 : 1);
      best = Math.min(best, rows[row + column - 1]! + 1);
      // The row above has no number to the right of its band.
      if (column < depth + maxDistance) best = Math.min(best, rows[above + column]! + 1);
      if (column > 1 && letters[column - 2] === letter && letters[column - 1] === letterBefore) {
        best = Math.min(best, rows[above - width + column - 2]! + 1);
      }
      rows[row + column] = best;
      if (best < least) least = best;
    }
    if (last < width - 1) rows[row + width - 1] = tooFar;
    return least;
  }
}
