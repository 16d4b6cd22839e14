/** The lab was called wrongly: one clear line, exit code 3, no attempt counted. */
export class LabUsageError extends Error {}

/** The lab could not be judged: the cause, and the command that helps. Exit code 2, no attempt counted. */
export class LabUnknownError extends Error {
  readonly next: string;

  constructor(cause: string, next: string) {
    super(cause);
    this.next = next;
  }
}

export const labExitCodes = { passed: 0, failed: 1, unknown: 2, usage: 3, interrupted: 130 } as const;
