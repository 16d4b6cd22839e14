import { logLevelOf, logLevels, type LogLine } from '../../shared/observe/log-line.ts';
import { exactTime } from '../../shared/clock-time.ts';
import { keyValues } from '../key-values.ts';
import type { Terminal } from '../terminal.ts';

export interface LogFilter {
  /** A request id or a trace id. */
  readonly id?: string | undefined;
  /** Wall-clock ms. */
  readonly sinceMs?: number | undefined;
}

/** A line without fields belongs to nothing: it is shown unless an id or a time is asked for. */
export function isWanted({ fields }: LogLine, { id, sinceMs }: LogFilter): boolean {
  if (fields === undefined) return id === undefined && sinceMs === undefined;
  if (id !== undefined && fields.traceId !== id && fields.requestId !== id) return false;
  return sinceMs === undefined || (typeof fields.time === 'number' && fields.time >= sinceMs);
}

/** `06:37:47.075 warn  database  a page is damaged  shard=1`, in colour; a stack trace on lines of its own. */
export function prettyLine(
  { text, fields }: LogLine,
  terminal: Pick<Terminal, 'dim' | 'good' | 'warn' | 'bad'>,
): string {
  if (fields === undefined) return text;
  const { time, level: _level, msg, component, node: _node, err, ...rest } = fields;
  const { number, name } = logLevelOf(fields);
  const paint =
    number >= logLevels.error
      ? terminal.bad
      : number >= logLevels.warn
        ? terminal.warn
        : number >= logLevels.info
          ? terminal.good
          : terminal.dim;
  const parts = [
    terminal.dim(isTime(time) ? exactTime(time) : '--:--:--.---'),
    paint(name.padEnd(5)),
    ...(typeof component === 'string' ? [component] : []),
    typeof msg === 'string' ? msg : '',
    terminal.dim(keyValues(rest)),
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

/** Whether this is a wall-clock time, ms. Programs beside the logger may write anything. */
export const isTime = (value: unknown): value is number =>
  typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
