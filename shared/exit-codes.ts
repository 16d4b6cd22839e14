/** The exit codes of all commands; 130 is the shell's own code for Ctrl-C. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** For `--help`. */
export const exitCodesInWords =
  'Exit codes of all commands: 0 done, 1 failed or a bad result, 2 wrong option or argument, 130 interrupted.';
