/**
 * A search in pieces: it stops after each piece and says how many steps the piece took, so that whoever runs it can do
 * something else meanwhile, or give it up. A step is about one posting, one position or one look-up: 5 to 50 ns.
 */
export type Work<Result> = Generator<number, Result, void>;

/** Steps after which a piece ends, where its work can be parted: well below 1 ms. */
export const pieceSteps = 8_192;

/** Does all of it at once. */
export function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
