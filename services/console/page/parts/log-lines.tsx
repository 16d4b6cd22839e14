import { useRepeated } from '../use-repeated.ts';
import { clock } from '../words.ts';

/** pino's levels. */
const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** The end of a node's log, newest first. */
export function LogLines({ id }: { id: string }) {
  const log = useRepeated<{ lines?: readonly string[] }>(`/api/nodes/${encodeURIComponent(id)}/log`);
  if (!log) return <p class="quiet">…</p>;
  if (!log.lines) return <p class="quiet">Its log is not on this machine. In containers: docker compose logs {id}.</p>;
  if (log.lines.length === 0) return <p class="quiet">No lines yet.</p>;
  return (
    <div class="log" tabindex={0} role="region" aria-label={`The end of the log of ${id}`}>
      <ol>
        {log.lines.toReversed().map((line, i) => (
          <LogLine key={`${i} ${line}`} line={line} />
        ))}
      </ol>
    </div>
  );
}

function LogLine({ line }: { line: string }) {
  const parsed = parse(line);
  if (!parsed) return <li>{line}</li>;
  const { time, level, msg, rest } = parsed;
  return (
    <li class={level >= 50 ? 'bad' : level >= 40 ? 'warn' : ''}>
      <time>{clock(time)}</time> <b>{levels[level] ?? level}</b> {msg} <span>{rest}</span>
    </li>
  );
}

function parse(line: string): { time: number; level: number; msg: string; rest: string } | undefined {
  try {
    const {
      time,
      level,
      msg = '',
      node: _node,
      pid: _pid,
      hostname: _host,
      ...rest
    } = JSON.parse(line) as Record<string, unknown> & { time: number; level: number; msg?: string };
    const more = JSON.stringify(rest);
    return { time, level, msg, rest: more === '{}' ? '' : more };
  } catch {
    return undefined;
  }
}
