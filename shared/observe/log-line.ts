/** A line of a node's log; `text` as it stands in the file. */
export interface LogLine {
  readonly text: string;
  /** Undefined for a line that is not JSON, such as a stack trace of Node.js. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

export function parseLogLine(text: string): LogLine {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { text, fields: value as Record<string, unknown> };
  } catch {
    // A line may come from another source than the logger.
  }
  return { text, fields: undefined };
}

/** The levels of the logger (pino). */
export const logLevels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;

/** The severity of a line: its number and its name. */
export function logLevelOf({ level }: Readonly<Record<string, unknown>>) {
  const number = typeof level === 'number' ? level : logLevels.info;
  return { number, name: Object.entries(logLevels).find(([, value]) => value === number)?.[0] ?? String(number) };
}
