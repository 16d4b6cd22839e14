/**
 * The best `size` docs so far, ordered by score; of equal scores, the lower doc is better. A binary heap with the worst
 * doc at the top.
 */
export interface Top {
  /**
   * The score of the worst doc in the heap; 0 until the heap is full. A doc must beat this score, or equal it with a
   * lower number.
   */
  threshold: number;
  readonly offer: (doc: number, score: number) => void;
  /** Best first. */
  readonly take: () => { docs: number[]; scores: number[] };
}

export function createTop(size: number): Top {
  const docs: number[] = [];
  const scores: number[] = [];

  const worse = (a: number, b: number) => scores[a]! < scores[b]! || (scores[a] === scores[b] && docs[a]! > docs[b]!);

  function swap(a: number, b: number): void {
    [docs[a], docs[b]] = [docs[b]!, docs[a]!];
    [scores[a], scores[b]] = [scores[b]!, scores[a]!];
  }

  function up(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >>> 1;
      if (!worse(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  }

  function down(): void {
    for (let at = 0; ;) {
      let child = at * 2 + 1;
      if (child >= docs.length) return;
      if (child + 1 < docs.length && worse(child + 1, child)) child++;
      if (!worse(child, at)) return;
      swap(at, child);
      at = child;
    }
  }

  const top: Top = {
    threshold: 0,
    offer(doc, score) {
      if (docs.length < size) {
        docs.push(doc);
        scores.push(score);
        up(docs.length - 1);
      } else if (score > scores[0]! || (score === scores[0] && doc < docs[0]!)) {
        docs[0] = doc;
        scores[0] = score;
        down();
      }
      if (docs.length === size) top.threshold = scores[0]!;
    },
    take() {
      const order = docs.map((_, i) => i).sort((a, b) => (worse(a, b) ? 1 : -1));
      return { docs: order.map((i) => docs[i]!), scores: order.map((i) => scores[i]!) };
    },
  };
  return top;
}
