/** `note`: worth knowing, but nothing is wrong. */
export type Severity = 'ok' | 'note' | 'problem';

/** One answer of a check. */
export interface Finding {
  readonly check: string;
  readonly level: Severity;
  /** What the check saw. */
  readonly found: string;
  /** What to do about it: a sentence with a command that can be pasted. Absent where nothing is to do. */
  readonly todo?: string;
}

export const isWrong = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'problem');
