import type { Terminal } from '../terminal.ts';

/** A line of a node's log; `text` as it stands in the file. */
export interface LogLine {
  readonly text: string;
  /** Undefined for a line that is not JSON, such as a stack trace of Node.js. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

export interface LogFilter {
  /** A request id or a trace id. */
  readonly id?: string | undefined;
  /** Wall-clock ms. */
  readonly sinceMs?: number | undefined;
}

export function parseLogLine(text: string): LogLine {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { text, fields: value as Record<string, unknown> };
  } catch {
    // Not every line is one of the logger's.
  }
  return { text, fields: undefined };
}

/** A line without fields belongs to nothing: it is shown unless an id or a time is asked for. */
export function isWanted({ fields }: LogLine, { id, sinceMs }: LogFilter): boolean {
  if (fields === undefined) return id === undefined && sinceMs === undefined;
  if (id !== undefined && fields.traceId !== id && fields.requestId !== id) return false;
  return sinceMs === undefined || (typeof fields.time === 'number' && fields.time >= sinceMs);
}

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** `06:37:47.075 warn  database  a page is damaged  shard=1`, in colour; a stack trace on lines of its own. */
export function prettyLine(
  { text, fields }: LogLine,
  terminal: Pick<Terminal, 'dim' | 'good' | 'warn' | 'bad'>,
): string {
  if (fields === undefined) return text;
  const { time, level, msg, component, node: _node, err, ...rest } = fields;
  const number = typeof level === 'number' ? level : 30;
  const name = (levels[number] ?? String(number)).padEnd(5);
  const paint =
    number >= 50 ? terminal.bad : number >= 40 ? terminal.warn : number >= 30 ? terminal.good : terminal.dim;
  const parts = [
    terminal.dim(clockTime(time)),
    paint(name),
    ...(typeof component === 'string' ? [component] : []),
    typeof msg === 'string' ? msg : '',
    terminal.dim(
      Object.entries(rest)
        .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(' '),
    ),
  ];
  const stack = (err as { stack?: unknown } | undefined)?.stack ?? (err as { message?: unknown } | undefined)?.message;
  const below = typeof stack === 'string' ? `\n${stack.replaceAll(/^/gm, '    ')}` : '';
  return (
    parts
      .filter((part) => part !== '')
      .join('  ')
      .trimEnd() + (below && terminal.dim(below))
  );
}

function clockTime(time: unknown): string {
  if (typeof time !== 'number' || Number.isNaN(new Date(time).getTime())) return '--:--:--.---';
  const date = new Date(time);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
