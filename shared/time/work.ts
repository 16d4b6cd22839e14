/**
 * Work in pieces. After each piece, the generator yields the number of steps that the piece took. The caller may then
 * run other work, or stop this work. A step is about one posting, one position, one word or one lookup: 5 to 50 ns.
 */
export type Work<Result> = Generator<number, Result, void>;

/** A piece ends after about this many steps, if its work can be divided. These steps take well below 1 ms. */
export const pieceSteps = 8_192;

/** Does all pieces without a pause and returns the result. */
export function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
