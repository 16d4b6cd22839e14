import { LabUsageError } from './errors.ts';

/** A question to the person while a lab runs, with all possible answers. */
export interface Choice {
  readonly label: string;
  readonly options: readonly string[];
}

/**
 * Asks the person; one answer for each choice. Undefined when nobody answers: the lab runs without a person, or the
 * time is over (`signal`).
 */
export type Ask = (choices: readonly Choice[], signal: AbortSignal) => Promise<readonly string[] | undefined>;

/** The option that somebody typed, in any case. Throws a LabUsageError that names all options. */
export function optionIn(text: string, { label, options }: Choice): string {
  const found = options.find((option) => option.toLowerCase() === text.trim().toLowerCase());
  if (found === undefined)
    throw new LabUsageError(`${label} one of ${options.join(', ')} is wanted, not "${text.slice(0, 50)}"`);
  return found;
}
