/** What must hold does not: this process is in a state that nobody has thought of. It must not go on answering. */
export class InvariantViolation extends Error {
  /** `ranking.order`: which invariant, for logs and tests. */
  readonly invariant: string;

  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.name = 'InvariantViolation';
    this.invariant = invariant;
  }
}

/**
 * Fail fast: correct or crashed, never bad data. For what only this program's own mistakes, or broken memory or disk,
 * can break; what a caller can bring about is a `bad_request`, or one liar could crash its neighbours.
 */
export function invariant(holds: boolean, name: string, detail: () => string): asserts holds {
  if (!holds) throw new InvariantViolation(name, detail());
}
