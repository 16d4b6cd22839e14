/** An invariant is violated, so the state of this process is unknown. It must stop answering. */
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
 * Fail fast: a process is correct or crashes, but never returns bad data. Use it only for conditions that a bug, broken
 * memory or a broken disk can violate. For conditions that a caller can violate, throw `bad_request`; otherwise one
 * liar could crash its neighbours.
 */
export function invariant(holds: boolean, name: string, detail: () => string): asserts holds {
  if (!holds) throw new InvariantViolation(name, detail());
}
