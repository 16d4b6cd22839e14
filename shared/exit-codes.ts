/** The exit codes of all commands; 130 is the shell's own code for Ctrl-C. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** For `--help`. */
export const exitCodesInWords =
  'Exit codes of all commands: 0 done, 1 it failed or the verdict is bad, 2 called wrongly, 130 interrupted ' +
  'before it was done.';
