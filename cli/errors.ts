/** A failure that the user can read: one clear line, exit code 1. */
export class CommandError extends Error {}

/** The command was called wrongly: one clear line, exit code 2. */
export class UsageError extends Error {}
